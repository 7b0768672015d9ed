// Checks of AWS Signature Version 4 with the vendor's own signer, and the credentials that a front knows.
import crypto from 'node:crypto';
import { require } from './process.mjs';

const { SignatureV4 } = require('@smithy/signature-v4');

class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? crypto.createHash('sha256') : crypto.createHmac('sha256', secret);
  }
  update(data) { this.hash.update(data); }
  async digest() { return this.hash.digest(); }
}

const authorization = /^AWS4-HMAC-SHA256 +Credential=([^/, ]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/;
const amzDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const maximumSkew = 5 * 60 * 1000;

// What must be signed: a signature that leaves one of these out proves nothing about it.
const mustBeSigned = ['host', 'x-amz-date', 'x-amz-target', 'x-amz-security-token'];

export class Refusal extends Error {
  constructor(type, message) {
    super(message);
    this.type = type;
  }
}

export class Credentials {
  constructor(region, accessKeys) {
    this.region = region;
    this.accessKeys = new Map(Object.entries(accessKeys).map(([id, secret]) => [id, { secret }]));
    this.sessions = 0;
  }

  // Credentials of a session, each distinct.
  issue(lifeMilliseconds) {
    this.sessions++;
    const id = `ASIAPEER${String(this.sessions).padStart(12, '0')}`;
    const key = {
      secret: crypto.randomBytes(30).toString('base64'),
      token: crypto.randomBytes(96).toString('base64'),
      expires: Date.now() + lifeMilliseconds,
    };
    this.accessKeys.set(id, key);
    return { id, ...key };
  }

  // Ends all sessions that have been issued so far, before the time that they were told.
  expireSessions() {
    for (const key of this.accessKeys.values()) {
      if (key.token) key.expires = 0;
    }
  }

  // Throws a Refusal unless the request is signed with a known key for this region and service; returns the key's id.
  async check(request, body, service) {
    const { headers } = request;
    if (!headers.authorization) throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const parts = authorization.exec(headers.authorization);
    if (!parts) {
      throw new Refusal('IncompleteSignatureException',
        `Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters. Authorization=${headers.authorization}`);
    }
    const [, id, day, region, signedService, signedHeaders, signature] = parts;
    const date = amzDate.exec(headers['x-amz-date'] ?? '');
    if (!date) {
      throw new Refusal('IncompleteSignatureException',
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    const names = signedHeaders.split(';');
    for (const name of mustBeSigned) {
      if (name in headers && !names.includes(name)) {
        throw new Refusal('InvalidSignatureException', `'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
      }
    }
    const key = this.accessKeys.get(id);
    if (!key || key.token !== headers['x-amz-security-token']) {
      throw new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    const [year, month, dayOfMonth, hour, minute, second] = date.slice(1).map(Number);
    const signed = new Date(Date.UTC(year, month - 1, dayOfMonth, hour, minute, second));
    if (Math.abs(Date.now() - signed) > maximumSkew) {
      throw new Refusal('InvalidSignatureException', `Signature expired: ${headers['x-amz-date']} is not within 5 minutes of now.`);
    }
    if (region !== this.region || signedService !== service || day !== headers['x-amz-date'].slice(0, 8)) {
      throw new Refusal('InvalidSignatureException',
        `Credential should be scoped to a valid region, service and date: ${headers['x-amz-date'].slice(0, 8)}/${this.region}/${service}.`);
    }
    if (await this.signature(key, request, body, region, service, names, signed) !== signature) {
      throw new Refusal('InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.');
    }
    if (key.expires !== undefined && Date.now() >= key.expires) {
      throw new Refusal('ExpiredTokenException', 'The security token included in the request is expired');
    }
    return id;
  }

  async signature(key, request, body, region, service, names, signingDate) {
    const headers = {};
    for (const name of names) {
      if (request.headers[name] === undefined) return null;
      headers[name] = request.headers[name];
    }
    // The signer would take a checksum that the client states at its word.
    delete headers['x-amz-content-sha256'];
    delete headers['x-amz-date'];
    delete headers['x-amz-security-token'];
    const signer = new SignatureV4({
      credentials: { accessKeyId: '-', secretAccessKey: key.secret, sessionToken: key.token },
      region, service, sha256: Sha256, applyChecksum: names.includes('x-amz-content-sha256'),
    });
    const signed = await signer.sign(
      { method: request.method, protocol: 'http:', hostname: '-', path: '/', query: {}, headers, body },
      { signingDate, signableHeaders: new Set(names) });
    return signed.headers.authorization.slice(-64);
  }
}
