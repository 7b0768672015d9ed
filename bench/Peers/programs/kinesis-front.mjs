// A front for a Kinesis emulator. It checks signatures, keeps the limits and rates that the emulator does not, plays the Security
// Token Service, and does what a network and a service under load do: refuses, throttles, delays, breaks off, never answers.
import http from 'node:http';
import { Traffic, control } from './control.mjs';
import { Faults } from './faults.mjs';
import { Shards } from './kinesis-shards.mjs';
import { Credentials, Refusal } from './kinesis-signatures.mjs';
import { SecurityTokenService } from './kinesis-sts.mjs';
import { announce, bodyOf, endWithParent, listen, options } from './process.mjs';

endWithParent();
const given = options({
  upstream: 0, region: 'us-east-1', 'access-key': '', 'secret-key': '', 'role-arn': '', 'external-id': '', verify: 'true',
});

const json = 'application/x-amz-json-1.1';
const maximumRecord = 1024 * 1024;
const maximumRequest = 5 * 1024 * 1024;

let verify = given.verify === 'true';
let discard = false;     // answer PutRecords as if the records were stored
let discarded = 0;
let refused = {};
let accepted = 0;
let acceptedBytes = 0;

const credentials = new Credentials(given.region, { [given['access-key']]: given['secret-key'] });
const tokens = new SecurityTokenService(credentials, { arn: given['role-arn'], externalId: given['external-id'] });
const traffic = new Traffic();

// Those that end in Before strike before the emulator has seen the request, those in After when it has done what was asked.
const faults = new Faults({
  operations: ['PutRecords', 'PutRecord'],
  resetBefore: 0, resetAfter: 0, resetMidAnswer: 0,
  noAnswerBefore: 0, noAnswerAfter: 0,
  requestThrottled: 0, limitExceeded: 0,
  serverErrorBefore: 0, serverErrorAfter: 0, unavailable: 0,
  accessDenied: 0,
  recordThrottled: 0, recordInternalFailure: 0,
  shardRecordsPerSecond: 0, shardBytesPerSecond: 0,
});

// --- the emulator -------------------------------------------------------------------------------------------------------

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

// Passes a request on: [status, content type, body].
function passOn(target, body, contentType = json) {
  return new Promise((done, failed) => {
    const request = http.request({
      host: '127.0.0.1', port: given.upstream, agent, method: 'POST', path: '/',
      headers: {
        'content-type': contentType, 'content-length': body.length, 'x-amz-target': target, 'x-amz-date': '-',
        // The emulator wants one, and does not look at it.
        authorization: 'AWS4-HMAC-SHA256 Credential=-, SignedHeaders=-, Signature=-',
      },
    }, response => bodyOf(response).then(answer => done([response.statusCode, response.headers['content-type'] ?? json, answer]), failed));
    request.on('error', failed);
    request.end(body);
  });
}

const shards = new Shards(async stream => {
  const [status, , answer] = await passOn('Kinesis_20131202.ListShards', Buffer.from(JSON.stringify({ StreamName: stream })));
  return status === 200 ? JSON.parse(answer).Shards : null;
});

// --- answers ------------------------------------------------------------------------------------------------------------

function answerWith(response, status, contentType, body) {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), 'x-amzn-requestid': String(++lastRequest) });
  response.end(body);
}
let lastRequest = 0;

function refuse(response, type, message, status = 400) {
  answerWith(response, status, json, JSON.stringify({ __type: type, message }));
}

const throttledMessage = (shard, stream) => `Rate exceeded for shard ${shard} in stream ${stream} under account 000000000000.`;

// Strikes before the emulator sees the request; true when the request is done with.
function strikesBefore(request, response, operation) {
  if (faults.happens('resetBefore')) request.socket.resetAndDestroy();
  else if (faults.happens('noAnswerBefore')) return true;
  else if (faults.happens('requestThrottled')) refuse(response, 'ProvisionedThroughputExceededException', 'Rate exceeded for the stream.');
  else if (faults.happens('limitExceeded')) refuse(response, 'LimitExceededException', 'The number of concurrent requests exceeds the limit.');
  else if (faults.happens('serverErrorBefore')) refuse(response, 'InternalFailure', 'Internal service failure.', 500);
  else if (faults.happens('unavailable')) refuse(response, 'ServiceUnavailable', 'The service is unavailable.', 503);
  else if (faults.happens('accessDenied')) {
    refuse(response, 'AccessDeniedException', `User: arn:aws:iam::000000000000:user/peer is not authorized to perform: kinesis:${operation}`);
  } else return false;
  return true;
}

// Strikes when the emulator has done what was asked; true when the request is done with.
function strikesAfter(request, response, contentType, answer) {
  if (faults.happens('resetAfter')) request.socket.resetAndDestroy();
  else if (faults.happens('noAnswerAfter')) return true;
  else if (faults.happens('serverErrorAfter')) refuse(response, 'InternalFailure', 'Internal service failure.', 500);
  else if (faults.happens('resetMidAnswer')) {
    response.writeHead(200, { 'content-type': contentType, 'content-length': answer.length });
    response.write(answer.subarray(0, answer.length >> 1), () => request.socket.resetAndDestroy());
  } else return false;
  return true;
}

// --- PutRecords ---------------------------------------------------------------------------------------------------------

const partitionKey = Buffer.from('"PartitionKey"');

// Data is base64 and keys escape their quotes, so the name with its quotes stands there once a record.
function countRecords(body) {
  let count = 0;
  for (let at = body.indexOf(partitionKey); at >= 0; at = body.indexOf(partitionKey, at + partitionKey.length)) count++;
  return count;
}

const sizeOf = record => Buffer.byteLength(record.Data, 'base64') + Buffer.byteLength(record.PartitionKey);

function accept(records, bytes) {
  accepted += records;
  acceptedBytes += bytes;
}

// Answers what the emulator answers, with refusals of single records in between: [status, content type, body].
async function putRecords(target, contentType, body, struck) {
  const { recordThrottled, recordInternalFailure, shardRecordsPerSecond, shardBytesPerSecond } = faults.now;
  const perRecord = struck && (recordThrottled > 0 || recordInternalFailure > 0 || shardRecordsPerSecond > 0 || shardBytesPerSecond > 0);
  // A body within the limit of a record breaks no limit, and need not be looked into.
  if (contentType !== json || (!discard && !perRecord && body.length <= maximumRecord)) {
    const answer = await passOn(target, body, contentType);
    if (answer[0] === 200) accept(countRecords(body), body.length);
    return answer;
  }

  let wanted;
  try {
    wanted = JSON.parse(body);
  } catch {
    return passOn(target, body);
  }
  const records = wanted.Records;
  if (!Array.isArray(records) || records.some(r => typeof r?.Data !== 'string' || typeof r?.PartitionKey !== 'string')) return passOn(target, body);
  const sizes = records.map(sizeOf);
  const tooLarge = sizes.findIndex(size => size > maximumRecord);
  if (tooLarge >= 0) {
    return failure('ValidationException', `1 validation error detected: Value at 'records.${tooLarge + 1}.member.data' failed to satisfy constraint: `
      + `Member must have length less than or equal to ${maximumRecord}`);
  }
  if (sizes.reduce((sum, size) => sum + size, 0) > maximumRequest) {
    return failure('InvalidArgumentException', 'Records size exceeds 5 MB limit');
  }

  const open = perRecord || discard ? await shards.of(wanted.StreamName) : null;
  const results = new Array(records.length);
  const passing = [];
  const shardIds = discard ? new Array(records.length) : null;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    if (open) {
      const shard = Shards.find(open, records[i]);
      if (discard) shardIds[i] = shard;
      const throttled = () => {
        results[i] = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: throttledMessage(shard, wanted.StreamName) };
      };
      if (struck && faults.happens('recordThrottled')) {
        throttled();
        continue;
      }
      if (struck && faults.happens('recordInternalFailure')) {
        results[i] = { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' };
        continue;
      }
      if (struck && (shardRecordsPerSecond > 0 || shardBytesPerSecond > 0)
        && !shards.takes(wanted.StreamName, shard, sizes[i], shardRecordsPerSecond || Infinity, shardBytesPerSecond || Infinity)) {
        faults.count('shardThrottled');
        throttled();
        continue;
      }
    }
    bytes += sizes[i];
    passing.push(i);
  }
  if (passing.length > 0 && discard && open) {
    accept(passing.length, bytes);
    for (const i of passing) results[i] = { ShardId: shardIds[i], SequenceNumber: String(++discarded).padStart(56, '4') };
  } else if (passing.length > 0) {
    const some = passing.length < records.length;
    const passed = await passOn(target, some ? Buffer.from(JSON.stringify({ ...wanted, Records: passing.map(i => records[i]) })) : body);
    if (passed[0] !== 200) return passed;
    accept(passing.length, bytes);
    if (!some) return passed;
    const answered = JSON.parse(passed[2]).Records;
    passing.forEach((i, j) => { results[i] = answered[j]; });
  }
  return [200, json, Buffer.from(JSON.stringify({ FailedRecordCount: records.length - passing.length, Records: results }))];
}

function failure(type, message) {
  return [400, json, Buffer.from(JSON.stringify({ __type: type, message }))];
}

// --- the service --------------------------------------------------------------------------------------------------------

async function serve(request, response) {
  const target = request.headers['x-amz-target'] ?? '';
  const contentType = (request.headers['content-type'] ?? '').split(';')[0].trim();
  const isQuery = contentType === 'application/x-www-form-urlencoded';
  const operation = isQuery ? 'AssumeRole' : target.split('.')[1] ?? 'unknown';
  traffic.begin(operation);
  response.once('close', () => traffic.end());
  const body = await bodyOf(request);
  if (isQuery) {
    const [status, xml] = await tokens.answer(request, body);
    if (status !== 200) count(/<Code>(\w+)</.exec(xml)[1]);
    answerWith(response, status, 'text/xml', xml);
    return;
  }
  if (verify) {
    try {
      await credentials.check(request, body, 'kinesis');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      count(error.type);
      refuse(response, error.type, error.message);
      return;
    }
  }
  const struck = faults.now.operations.includes(operation);
  if (struck) {
    await faults.delay();
    if (strikesBefore(request, response, operation)) return;
  }
  if (['SplitShard', 'MergeShards', 'DeleteStream', 'CreateStream'].includes(operation)) shards.forget();
  let answer;
  if (operation === 'PutRecords') {
    answer = await putRecords(target, contentType, body, struck);
  } else {
    answer = await passOn(target, body, contentType);
    if (operation === 'PutRecord' && answer[0] === 200) accept(1, body.length);
  }
  if (struck && strikesAfter(request, response, answer[1], answer[2])) return;
  answerWith(response, ...answer);
}

function count(type) {
  refused[type] = (refused[type] ?? 0) + 1;
}

const server = http.createServer((request, response) => {
  serve(request, response).catch(error => {
    if (response.destroyed || response.headersSent) return;
    console.error(error);
    refuse(response, 'InternalFailure', `the front failed: ${error.message}`, 500);
  });
});
server.keepAliveTimeout = 0; // a client that reuses a connection must not meet one that is just being closed
server.on('connection', socket => traffic.connected(socket));

const statistics = () => ({
  requests: traffic.requests,
  acceptedRecords: accepted,
  acceptedBytes,
  faults: faults.counts,
  refused,
  sessionsIssued: credentials.sessions,
  inFlight: traffic.inFlight,
  mostInFlight: traffic.mostInFlight,
  connections: traffic.connections,
  openConnections: traffic.openConnections,
});

const controlPort = await control(statistics, {
  faults: wanted => faults.set(wanted),
  verify: value => { verify = value; },
  discard: value => { discard = value; },
  role: role => { tokens.role = role; },
  sessionLifeSeconds: seconds => { tokens.lifeSeconds = seconds; },
  expireSessions: () => credentials.expireSessions(),
  resetStatistics: () => {
    traffic.reset();
    faults.counts = {};
    refused = {};
    accepted = acceptedBytes = credentials.sessions = 0;
  },
});
announce({ port: await listen(server), control: controlPort });
