import { startChannels } from './channels.js';
import { startConnect } from './connect.js';
import { startLog } from './log.js';
import { startSend } from './send.js';
import { recall } from './state.js';
import { startToken } from './token.js';

recall();
startLog();
startConnect();
startToken();
startChannels();
startSend();
