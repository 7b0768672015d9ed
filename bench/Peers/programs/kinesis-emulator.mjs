// Kinesalite in memory, on 127.0.0.1. It validates as Kinesis does, and neither throttles nor checks signatures.
import './kinesis-numbers.mjs';
import { announce, endWithParent, listen, require } from './process.mjs';

endWithParent();
// Kinesalite throws when a client goes away in the middle of a request, and would end with it.
process.on('uncaughtException', error => {
  if (error.code !== 'ECONNRESET' && error.message !== 'aborted') throw error;
});
const server = require('kinesalite')({ shardLimit: 1000, createStreamMs: 5, deleteStreamMs: 5, updateStreamMs: 5 });
server.keepAliveTimeout = 0; // a client that reuses a connection must not meet one that is just being closed
announce({ port: await listen(server) });
