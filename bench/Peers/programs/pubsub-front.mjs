// A front for a Pub/Sub emulator: gRPC over HTTP/2 without TLS. It keeps the limits of Publish that emulators do not, checks access
// tokens and issues them, and does what a network and a service under load do: refuses, delays, breaks off, never answers.
import fs from 'node:fs';
import http2 from 'node:http2';
import zlib from 'node:zlib';
import { Traffic, control } from './control.mjs';
import { Faults } from './faults.mjs';
import { announce, bodyOf, endWithParent, listen, options } from './process.mjs';
import { inspect } from './pubsub-messages.mjs';
import { Tokens } from './pubsub-tokens.mjs';

const given = options({ upstream: 0, 'upstream-pid': 0, 'public-key-file': '', email: '' });
endWithParent(given['upstream-pid']); // emulators that are not Node programs do not look after themselves

const codes = {
  OK: 0, CANCELLED: 1, UNKNOWN: 2, INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, NOT_FOUND: 5, ALREADY_EXISTS: 6, PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8, FAILED_PRECONDITION: 9, ABORTED: 10, OUT_OF_RANGE: 11, UNIMPLEMENTED: 12, INTERNAL: 13, UNAVAILABLE: 14,
  DATA_LOSS: 15, UNAUTHENTICATED: 16,
};
const window = 32 * 1024 * 1024;
const sessionOptions = { settings: { initialWindowSize: window, maxConcurrentStreams: 1000 }, maxSessionMemory: 1000 };

let requireToken = false;
let accepted = 0;
let acceptedBytes = 0;
let compressed = 0;
let refused = {};
const traffic = new Traffic();

// Those that end in Before strike before the emulator has seen the request, those in After when it has done what was asked.
const faults = new Faults({
  operations: ['Publish'],
  statusBefore: {}, statusAfter: {},           // by the name of the status, as in { UNAVAILABLE: 0.1 }
  resetBefore: 0, resetAfter: 0,               // of the whole connection
  streamResetBefore: 0, streamResetAfter: 0,
  noAnswerBefore: 0, noAnswerAfter: 0,
  goAway: 0,
  httpUnavailable: 0,
  tokenUnavailable: 0, tokenRefused: 0,
});
const tokens = new Tokens(given['public-key-file'] ? fs.readFileSync(given['public-key-file'], 'utf8') : null, given.email, faults);

// --- the emulator -------------------------------------------------------------------------------------------------------

let upstream;

function upstreamSession() {
  if (!upstream || upstream.closed || upstream.destroyed) {
    upstream = http2.connect(`http://127.0.0.1:${given.upstream}`, sessionOptions);
    upstream.on('connect', session => session.setLocalWindowSize(window));
    upstream.on('error', error => console.error(`the emulator's connection failed: ${error.message}`));
  }
  return upstream;
}

function upstreamStream(path) {
  return upstreamSession().request({
    ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers',
  });
}

// Passes a unary request on: { body, status, message }.
function passOn(path, body) {
  return new Promise((done, failed) => {
    const stream = upstreamStream(path);
    let status, message;
    const take = headers => {
      status = headers['grpc-status'] ?? status;
      message = headers['grpc-message'] ?? message;
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('error', failed);
    bodyOf(stream).then(answer => done({ body: answer, status: Number(status ?? codes.UNKNOWN), message }), failed);
    stream.end(body);
  });
}

// Passes a stream on as it comes, both ways.
function pipe(stream, path) {
  const up = upstreamStream(path);
  let trailers = {};
  up.on('response', headers => {
    if (stream.destroyed) return;
    const endStream = 'grpc-status' in headers;
    stream.respond({ ':status': headers[':status'], ...withoutPseudo(headers) }, { waitForTrailers: !endStream, endStream });
    if (!endStream) {
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      up.pipe(stream);
    }
  });
  up.on('trailers', headers => { trailers = withoutPseudo(headers); });
  up.on('error', () => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
  stream.on('close', () => up.close(http2.constants.NGHTTP2_CANCEL));
  stream.pipe(up);
}

const withoutPseudo = headers => Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));

// --- answers ------------------------------------------------------------------------------------------------------------

function answerWith(stream, { body, status, message }) {
  if (stream.destroyed) return;
  const trailers = { 'grpc-status': String(status), ...(message === undefined ? {} : { 'grpc-message': message }) };
  if (body.length === 0) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true });
    return;
  }
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
}

function refuse(stream, status, message) {
  answerWith(stream, { body: Buffer.alloc(0), status: codes[status], message: encodeURIComponent(message).replaceAll('%20', ' ') });
}

function strikesWithStatus(stream, name) {
  for (const [status, probability] of Object.entries(faults.now[name])) {
    if (!(status in codes)) throw new Error(`unknown status '${status}'`);
    if (faults.happens(`${name}.${status}`, probability)) {
      refuse(stream, status, `the front was told to answer ${status}`);
      return true;
    }
  }
  return false;
}

const resetConnection = stream => sockets.get(stream.session.socket.remotePort)?.resetAndDestroy();

// Strikes before the emulator sees the request; true when the request is done with.
function strikesBefore(stream) {
  if (faults.happens('goAway')) {
    // The connection takes no more requests; those that it has are answered.
    stream.session.close();
    return false;
  }
  if (faults.happens('resetBefore')) resetConnection(stream);
  else if (faults.happens('streamResetBefore')) stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else if (faults.happens('noAnswerBefore')) return true;
  else if (faults.happens('httpUnavailable')) {
    stream.respond({ ':status': 503, 'content-type': 'text/html' });
    stream.end('<html>no healthy upstream</html>');
  } else return strikesWithStatus(stream, 'statusBefore');
  return true;
}

// Strikes when the emulator has done what was asked; true when the request is done with.
function strikesAfter(stream) {
  if (faults.happens('resetAfter')) resetConnection(stream);
  else if (faults.happens('streamResetAfter')) stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else if (faults.happens('noAnswerAfter')) return true;
  else return strikesWithStatus(stream, 'statusAfter');
  return true;
}

// --- the service --------------------------------------------------------------------------------------------------------

// The frame without compression.
function decompress(frame, encoding) {
  if (frame.length < 5 || frame.readUInt32BE(1) !== frame.length - 5) throw new Error('the request is not one whole gRPC frame');
  if (frame[0] === 0) return frame;
  if (encoding !== 'gzip') throw new Error(`the request is compressed as '${encoding ?? 'identity'}'; understood: gzip`);
  compressed++;
  const message = zlib.gunzipSync(frame.subarray(5), { maxOutputLength: 64 * 1024 * 1024 });
  const plain = Buffer.allocUnsafe(message.length + 5);
  plain[0] = 0;
  plain.writeUInt32BE(message.length, 1);
  message.copy(plain, 5);
  return plain;
}

async function serve(stream, headers) {
  const path = headers[':path'];
  const operation = path.slice(path.lastIndexOf('/') + 1);
  traffic.begin(operation);
  stream.once('close', () => traffic.end());
  stream.on('error', () => { /* its close is what counts */ });
  if (requireToken && !tokens.accepts(headers.authorization)) {
    count('UNAUTHENTICATED');
    stream.resume();
    refuse(stream, 'UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
    return;
  }
  if (operation === 'StreamingPull') {
    pipe(stream, path);
    return;
  }
  let body = await bodyOf(stream);
  const struck = faults.now.operations.includes(operation);
  if (struck) {
    await faults.delay();
    if (stream.destroyed || strikesBefore(stream)) return;
  }
  try {
    body = decompress(body, headers['grpc-encoding']);
  } catch (error) {
    count('INTERNAL');
    refuse(stream, 'INTERNAL', error.message);
    return;
  }
  let messages = 0;
  if (operation === 'Publish') {
    const inspected = inspect(body.subarray(5));
    if (inspected.broken) {
      count('INVALID_ARGUMENT');
      refuse(stream, 'INVALID_ARGUMENT', inspected.broken);
      return;
    }
    messages = inspected.messages;
  }
  const answer = await passOn(path, body);
  if (answer.status === codes.OK) {
    accepted += messages;
    if (messages > 0) acceptedBytes += body.length - 5;
  }
  if (struck && strikesAfter(stream)) return;
  answerWith(stream, answer);
}

function count(status) {
  refused[status] = (refused[status] ?? 0) + 1;
}

const sockets = new Map(); // by the client's port: what http2 shows of a socket cannot be reset
const server = http2.createServer(sessionOptions);
server.on('connection', socket => {
  traffic.connected(socket);
  const port = socket.remotePort;
  sockets.set(port, socket);
  socket.once('close', () => sockets.delete(port));
});
server.on('session', session => session.setLocalWindowSize(window));
server.on('sessionError', () => { /* the client has gone */ });
server.on('stream', (stream, headers) => {
  serve(stream, headers).catch(error => {
    if (stream.destroyed || stream.headersSent) return;
    console.error(error);
    refuse(stream, 'INTERNAL', `the front failed: ${error.message}`);
  });
});

const statistics = () => ({
  requests: traffic.requests,
  acceptedMessages: accepted,
  acceptedBytes,
  compressedRequests: compressed,
  faults: faults.counts,
  refused,
  tokensIssued: tokens.issued,
  tokensRefused: tokens.refused,
  inFlight: traffic.inFlight,
  mostInFlight: traffic.mostInFlight,
  connections: traffic.connections,
  openConnections: traffic.openConnections,
});

const controlPort = await control(statistics, {
  faults: wanted => faults.set(wanted),
  requireToken: value => { requireToken = value; },
  validTokens: list => { for (const token of list) tokens.valid.set(token, Infinity); },
  tokenLifeSeconds: seconds => { tokens.lifeSeconds = seconds; },
  expireTokens: () => tokens.valid.clear(),
  resetStatistics: () => {
    traffic.reset();
    faults.counts = {};
    refused = {};
    accepted = acceptedBytes = compressed = tokens.issued = tokens.refused = 0;
  },
});
announce({ port: await listen(server), control: controlPort, tokens: await tokens.listen() });
