// Looks into a PublishRequest, as far as the service's limits go, without decoding it: field numbers are those of
// google/pubsub/v1/pubsub.proto.

export const limits = { messages: 1000, bytes: 10_000_000, attributes: 100, key: 256, value: 1024, orderingKey: 1024 };

class Reader {
  constructor(bytes, from = 0, to = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  get more() { return this.at < this.end; }

  varint() {
    let value = 0, scale = 1, byte;
    do {
      if (this.at >= this.end || scale > 2 ** 63) throw new Error('malformed message');
      byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte & 0x80);
    return value;
  }

  // The next field: its number, and a reader over it when it has a length.
  field() {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    let length = 0;
    switch (tag % 8) {
      case 0: this.varint(); return [number, null];
      case 1: length = 8; break;
      case 2: length = this.varint(); break;
      case 5: length = 4; break;
      default: throw new Error('malformed message');
    }
    if (this.at + length > this.end) throw new Error('malformed message');
    const inner = new Reader(this.bytes, this.at, this.at + length);
    this.at += length;
    return [number, inner];
  }

  get length() { return this.end - this.at; }
}

// What of a limit a PublishRequest breaks, or null, and how many messages it has.
export function inspect(request) {
  const reader = new Reader(request);
  let messages = 0, orderingKey, broken = null;
  while (reader.more) {
    const [number, message] = reader.field();
    if (number !== 2) continue;
    messages++;
    const [own, error] = inspectMessage(message);
    broken ??= error;
    if (messages > 1 && !own.equals(orderingKey)) {
      broken ??= 'In a single publish request, all messages must have no ordering key or they must all have the same ordering key.';
    }
    orderingKey = own;
  }
  if (messages === 0) broken ??= 'The publish request has no messages.';
  if (messages > limits.messages) {
    broken ??= `The value for message_count is too large. You passed ${messages} in the request, but the maximum value is ${limits.messages}.`;
  }
  if (request.length > limits.bytes) broken ??= `Request payload size exceeds the limit: ${limits.bytes} bytes.`;
  return { messages, broken };
}

const noKey = Buffer.alloc(0);

function inspectMessage(message) {
  let data = 0, attributes = 0, orderingKey = noKey, broken = null;
  while (message.more) {
    const [number, value] = message.field();
    if (number === 1) {
      data = value.length;
    } else if (number === 2) {
      attributes++;
      while (value.more) {
        const [part, text] = value.field();
        if (part === 1 && text.length > limits.key) broken ??= `The attribute key is too long: ${text.length} bytes, but the maximum is ${limits.key}.`;
        if (part === 2 && text.length > limits.value) broken ??= `The attribute value is too long: ${text.length} bytes, but the maximum is ${limits.value}.`;
      }
    } else if (number === 5) {
      orderingKey = message.bytes.subarray(value.at, value.end);
    }
  }
  if (attributes > limits.attributes) broken ??= `The message has too many attributes: ${attributes}, but the maximum is ${limits.attributes}.`;
  if (orderingKey.length > limits.orderingKey) broken ??= `The ordering key is too long: ${orderingKey.length} bytes, but the maximum is ${limits.orderingKey}.`;
  if (data === 0 && attributes === 0) broken ??= 'Each message must contain either non-empty data, or at least one attribute.';
  return [orderingKey, broken];
}
