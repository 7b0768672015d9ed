// Pulls the messages of a subscription with the vendor's own client, and acknowledges them: a line a message,
// ["id","ordering key",{attributes},"data in base64"]. Ends when as many distinct messages as expected have come and no more are
// there, or when nothing new has come for a time.
import { endWithParent, options, require } from './process.mjs';

process.env.METADATA_SERVER_DETECTION = 'none'; // the client would look for one to learn its project
const { v1 } = require('@google-cloud/pubsub');
const { credentials } = require('@grpc/grpc-js');

endWithParent();
const { port, subscription, expected, idle } = options({ port: 0, subscription: '', expected: 0, idle: 5000 });
const client = new v1.SubscriberClient({
  servicePath: '127.0.0.1', port, projectId: subscription.split('/')[1], sslCreds: credentials.createInsecure(),
  'grpc.max_receive_message_length': -1,
});

function write(text) {
  return new Promise(done => process.stdout.write(text, done));
}

// Only distinct messages count: what is delivered at least once may come twice.
const distinct = new Set();
async function pull() {
  const [{ receivedMessages }] = await client.pull({ subscription, maxMessages: 1000, returnImmediately: true });
  if (receivedMessages.length === 0) return false;
  let lines = '';
  for (const { message } of receivedMessages) {
    const content = [message.orderingKey, message.attributes, Buffer.from(message.data).toString('base64')];
    if (expected > 0 && distinct.size < expected) distinct.add(JSON.stringify(content));
    lines += JSON.stringify([message.messageId, ...content]) + '\n';
  }
  await client.acknowledge({ subscription, ackIds: receivedMessages.map(received => received.ackId) });
  await write(lines);
  return true;
}

let last = Date.now();
for (;;) {
  // The emulator hands out a hundred at once.
  const some = await Promise.all([pull(), pull(), pull(), pull()]);
  if (some.includes(true)) last = Date.now();
  else if (distinct.size >= expected || Date.now() - last >= idle) break;
  else await new Promise(done => setTimeout(done, 20));
}
await client.close();
