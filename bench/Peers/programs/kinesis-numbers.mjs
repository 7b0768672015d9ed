// Kinesalite spends half of its time on decimal arithmetic with a library. Here are the same functions with the language's own
// integers, for the numbers that it makes itself; for all others its own are called. What they give is compared at the start.
import assert from 'node:assert';
import crypto from 'node:crypto';
import { require } from './process.mjs';

const db = require('kinesalite/db');
const own = { parseSequence: db.parseSequence, stringifySequence: db.stringifySequence, partitionKeyToHashKey: db.partitionKeyToHashKey };

function parseSequence(sequence) {
  if (typeof sequence === 'string' && sequence.length === 56) {
    const hex = BigInt(sequence).toString(16);
    if (hex.length === 47 && hex[0] === '2' && hex[46] === '2' && hex[11] < '8' && hex[38] < '8') {
      const seconds = parseInt(hex.slice(1, 10), 16);
      if (seconds < 16025175000) {
        return {
          shardCreateTime: seconds * 1000,
          seqIx: BigInt('0x' + hex.slice(11, 27)).toString(),
          byte1: hex.slice(27, 29),
          seqTime: parseInt(hex.slice(29, 38), 16) * 1000,
          shardIx: parseInt(hex.slice(38, 46), 16),
          version: 2,
        };
      }
    }
  }
  return own.parseSequence(sequence);
}

const seconds = time => Math.floor(time / 1000).toString(16).padStart(9, '0').slice(-9);

function stringifySequence(parts) {
  const index = parts.seqIx ?? 0;
  if ((parts.version ?? 2) !== 2 || (typeof index !== 'number' && typeof index !== 'string')) return own.stringifySequence(parts);
  return BigInt('0x2' + seconds(parts.shardCreateTime) + (parts.shardIx || 0).toString(16).slice(-1)
    + BigInt(index).toString(16).padStart(16, '0').slice(-16) + (parts.byte1 || '00')
    + seconds(parts.seqTime || parts.shardCreateTime) + db.shardIxToHex(parts.shardIx) + '2').toString();
}

const bounds = new Map();    // of shards, which come again and again

function partitionKeyToHashKey(key) {
  const hash = BigInt('0x' + crypto.createHash('md5').update(key, 'utf8').digest('hex'));
  return {
    comparedTo(other) {
      let number = bounds.get(other);
      if (number === undefined) bounds.set(other, number = BigInt(other));
      return hash < number ? -1 : hash > number ? 1 : 0;
    },
  };
}

for (const shardIx of [0, 1, 17, 999]) {
  for (const seqIx of [undefined, 0, 1, 123456, '9007199254740993']) {
    const parts = { shardCreateTime: 1700000000123, seqTime: 1800000000456 + shardIx, shardIx, seqIx };
    const text = own.stringifySequence(parts);
    assert.equal(stringifySequence(parts), text);
    assert.deepEqual(parseSequence(text), own.parseSequence(text));
  }
  const bound = '170141183460469231731687303715884105728';
  assert.equal(partitionKeyToHashKey(`é${shardIx}`).comparedTo(bound), own.partitionKeyToHashKey(`é${shardIx}`).comparedTo(bound));
}
Object.assign(db, { parseSequence, stringifySequence, partitionKeyToHashKey });
