/** What the script for pages defines: one global. */
import { OdyWebSocketClient } from './index.js';

Object.assign(globalThis, { OdyWebSocketClient });
