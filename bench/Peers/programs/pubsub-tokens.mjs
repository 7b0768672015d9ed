// Access tokens as a client gets them: from the OAuth2 token endpoint, for a JWT that a service account has signed, and from a
// metadata server. And the check of those that it shows.
import crypto from 'node:crypto';
import http from 'node:http';
import { bodyOf, listen } from './process.mjs';

const scopes = ['https://www.googleapis.com/auth/pubsub', 'https://www.googleapis.com/auth/cloud-platform'];
const audience = 'https://pubsub.googleapis.com/';

export class Tokens {
  constructor(publicKey, email, faults) {
    this.publicKey = publicKey;
    this.email = email;
    this.faults = faults;
    this.lifeSeconds = 3600;
    this.valid = new Map();      // token → when it expires
    this.issued = 0;
    this.refused = 0;
  }

  // Whether the value of an authorization header shows a token that is good now.
  accepts(authorization) {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (!token) return false;
    if (this.valid.has(token)) return this.valid.get(token) > Date.now();
    // A service account may sign its requests itself, without a token endpoint.
    const claims = this.claimsOf(token);
    return claims !== null && claims.sub === this.email && (claims.aud === audience || hasScope(claims.scope));
  }

  issue() {
    this.issued++;
    const token = `ya29.${crypto.randomBytes(48).toString('base64url')}`;
    this.valid.set(token, Date.now() + this.lifeSeconds * 1000);
    return { access_token: token, expires_in: this.lifeSeconds, token_type: 'Bearer' };
  }

  // The claims of a JWT that the service account has signed and that is good now, else null.
  claimsOf(jwt) {
    const [header, claims, signature] = jwt.split('.');
    if (!this.publicKey || !signature) return null;
    try {
      if (JSON.parse(Buffer.from(header, 'base64url')).alg !== 'RS256') return null;
      if (!crypto.verify('sha256', Buffer.from(`${header}.${claims}`), this.publicKey, Buffer.from(signature, 'base64url'))) return null;
      const read = JSON.parse(Buffer.from(claims, 'base64url'));
      const now = Date.now() / 1000;
      return read.iss === this.email && read.exp > now && read.iat < now + 300 && read.exp - read.iat <= 3600 ? read : null;
    } catch {
      return null;
    }
  }

  async listen() {
    this.server = http.createServer((request, response) => {
      this.serve(request, response).catch(error => {
        console.error(error);
        response.destroy();
      });
    });
    this.port = await listen(this.server);
    return this.port;
  }

  async serve(request, response) {
    const body = await bodyOf(request);
    const answer = (status, content, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
    };
    const refuse = (error, description) => {
      this.refused++;
      answer(400, { error, error_description: description });
    };
    const path = new URL(request.url, 'http://-').pathname;
    if (request.method === 'POST' && path === '/token') {
      if (this.faults.happens('tokenUnavailable')) return answer(503, { error: 'temporarily_unavailable' });
      if (this.faults.happens('tokenRefused')) return refuse('invalid_grant', 'Invalid grant: account not found');
      const form = new URLSearchParams(body.toString());
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return refuse('unsupported_grant_type', 'Invalid grant_type');
      const claims = this.claimsOf(form.get('assertion') ?? '');
      if (claims === null) return refuse('invalid_grant', 'Invalid JWT Signature.');
      // Google's own library names Google's endpoint, whatever token_uri says.
      if (!['https://oauth2.googleapis.com/token', `http://127.0.0.1:${this.port}/token`].includes(claims.aud)) return refuse('invalid_grant', 'Invalid JWT: Failed audience check.');
      if (!hasScope(claims.scope)) return refuse('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
      return answer(200, this.issue());
    }
    // A metadata server. The header that it asks for keeps requests away that were not meant for it.
    const flavor = { 'metadata-flavor': 'Google' };
    if (path === '/') return answer(200, {}, flavor);
    if (!path.startsWith('/computeMetadata/v1/')) return answer(404, {});
    if (request.headers['metadata-flavor'] !== 'Google') return answer(403, {}, flavor);
    if (path === '/computeMetadata/v1/instance/service-accounts/default/token') {
      if (this.faults.happens('tokenUnavailable')) return answer(503, {}, flavor);
      return answer(200, this.issue(), flavor);
    }
    return answer(404, {}, flavor);
  }
}

function hasScope(scope) {
  return typeof scope === 'string' && scope.split(' ').some(one => scopes.includes(one));
}
