// Reads a stream with the vendor's own client, every shard from its beginning: a line a record,
// ["shard","sequence number","partition key","data in base64"]. Ends when as many distinct records as expected have come and every
// shard has been read to its end, or when nothing new has come for a time.
import { endWithParent, options, require } from './process.mjs';

const { KinesisClient, ListShardsCommand, GetShardIteratorCommand, GetRecordsCommand } = require('@aws-sdk/client-kinesis');
const { NodeHttpHandler } = require('@smithy/node-http-handler');

endWithParent();
const given = options({
  endpoint: '', region: 'us-east-1', stream: '', expected: 0, idle: 5000,
  'access-key': '-', 'secret-key': '-',
});
const { endpoint, region, stream, expected, idle } = given;
const client = new KinesisClient({
  endpoint, region, credentials: { accessKeyId: given['access-key'], secretAccessKey: given['secret-key'] },
  requestHandler: new NodeHttpHandler(), // the client's own choice is HTTP/2, which the emulator does not speak
});

const shards = [];
let token;
do {
  const page = await client.send(new ListShardsCommand(token ? { NextToken: token } : { StreamName: stream }));
  shards.push(...page.Shards.map(shard => shard.ShardId));
  token = page.NextToken;
} while (token);

const iterators = new Map();
for (const shard of shards) {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' }));
  iterators.set(shard, ShardIterator);
}

function write(text) {
  return new Promise(done => process.stdout.write(text, done));
}

// Whether the shard has more now. Only distinct records count: what is delivered at least once may come twice.
const distinct = new Set();
async function read(shard) {
  const { Records, NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterators.get(shard), Limit: 10000 }));
  if (NextShardIterator) iterators.set(shard, NextShardIterator);
  else iterators.delete(shard);
  let lines = '';
  for (const record of Records) {
    const data = Buffer.from(record.Data.buffer, record.Data.byteOffset, record.Data.byteLength).toString('base64');
    if (expected > 0 && distinct.size < expected) distinct.add(`${record.PartitionKey}\n${data}`);
    lines += JSON.stringify([shard, record.SequenceNumber, record.PartitionKey, data]) + '\n';
  }
  if (lines) await write(lines);
  return Records.length > 0;
}

let last = Date.now();
for (;;) {
  let some = false;
  for (const shard of [...iterators.keys()]) {
    while (iterators.has(shard) && await read(shard)) some = true;
  }
  if (some) last = Date.now();
  else if (distinct.size >= expected || Date.now() - last >= idle || iterators.size === 0) break;
  else await new Promise(done => setTimeout(done, 20));
}
