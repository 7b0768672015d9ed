// The Security Token Service as far as AssumeRole goes: the query API, answered in XML.
import { Refusal } from './kinesis-signatures.mjs';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

// The names that STS has for what the JSON services call otherwise.
const codes = {
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
};

const escape = text => text.replace(/[<>&"]/g, c => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[c]);

export class SecurityTokenService {
  constructor(credentials, role) {
    this.credentials = credentials;
    this.role = role;            // { arn, externalId }
    this.lifeSeconds = null;     // what sessions get instead of what was asked for
  }

  // Answers a request: [status, XML].
  async answer(request, body) {
    try {
      await this.credentials.check(request, body, 'sts');
      return [200, this.assumeRole(new URLSearchParams(body.toString()))];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const code = codes[error.type] ?? error.type;
      return [code === 'ValidationError' || code === 'IncompleteSignature' ? 400 : 403,
        `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escape(error.message)}</Message></Error>`
        + '<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>'];
    }
  }

  assumeRole(query) {
    const action = query.get('Action');
    if (action !== 'AssumeRole') throw new Refusal('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
    const arn = query.get('RoleArn') ?? '';
    const session = query.get('RoleSessionName') ?? '';
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
      throw new Refusal('ValidationError', `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: `
        + 'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}');
    }
    const duration = Number(query.get('DurationSeconds') ?? 3600);
    if (!(duration >= 900 && duration <= 43200)) {
      throw new Refusal('ValidationError', `1 validation error detected: Value '${duration}' at 'durationSeconds' must be from 900 to 43200`);
    }
    if (arn !== this.role.arn || (query.get('ExternalId') ?? '') !== this.role.externalId) {
      throw new Refusal('AccessDenied', `User: arn:aws:iam::000000000000:user/peer is not authorized to perform: sts:AssumeRole on resource: ${arn}`);
    }
    const issued = this.credentials.issue(1000 * (this.lifeSeconds ?? duration));
    return `<AssumeRoleResponse xmlns="${namespace}"><AssumeRoleResult><Credentials><AccessKeyId>${issued.id}</AccessKeyId>`
      + `<SecretAccessKey>${issued.secret}</SecretAccessKey><SessionToken>${issued.token}</SessionToken>`
      + `<Expiration>${new Date(issued.expires).toISOString()}</Expiration></Credentials><AssumedRoleUser>`
      + `<AssumedRoleId>AROAPEER:${escape(session)}</AssumedRoleId><Arn>${escape(arn)}/${escape(session)}</Arn></AssumedRoleUser></AssumeRoleResult>`
      + '<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></AssumeRoleResponse>';
  }
}
