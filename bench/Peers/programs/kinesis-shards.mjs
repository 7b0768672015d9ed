// Which shard a record goes to, and what each shard still takes, at the service's rates.
import crypto from 'node:crypto';

export class Shards {
  constructor(list) {
    this.list = list;
    this.streams = new Map();
    this.buckets = new Map();
  }

  forget() {
    this.streams.clear();
    this.buckets.clear();
  }

  // The open shards of a stream, as [last hash key, id] in the order of hash keys; null when there is no such stream.
  async of(stream) {
    let shards = this.streams.get(stream);
    if (!shards) {
      const listed = await this.list(stream);
      if (!listed) return null;
      shards = listed
        .filter(shard => shard.SequenceNumberRange.EndingSequenceNumber === undefined)
        .map(shard => [BigInt(shard.HashKeyRange.EndingHashKey), shard.ShardId])
        .sort((a, b) => (a[0] < b[0] ? -1 : 1));
      this.streams.set(stream, shards);
    }
    return shards;
  }

  static find(shards, record) {
    const hash = record.ExplicitHashKey !== undefined
      ? BigInt(record.ExplicitHashKey)
      : BigInt('0x' + crypto.createHash('md5').update(record.PartitionKey).digest('hex'));
    return shards.find(shard => hash <= shard[0])?.[1] ?? shards.at(-1)[1];
  }

  // Whether a shard takes a record of this size now: a bucket that holds what a second allows, and fills at that rate.
  takes(stream, shard, bytes, recordsPerSecond, bytesPerSecond) {
    const key = `${stream}/${shard}`;
    const now = performance.now();
    let bucket = this.buckets.get(key);
    if (!bucket) {
      bucket = { records: recordsPerSecond, bytes: bytesPerSecond, at: now };
      this.buckets.set(key, bucket);
    }
    const seconds = (now - bucket.at) / 1000;
    bucket.at = now;
    bucket.records = Math.min(recordsPerSecond, bucket.records + seconds * recordsPerSecond);
    bucket.bytes = Math.min(bytesPerSecond, bucket.bytes + seconds * bytesPerSecond);
    if (bucket.records < 1 || bucket.bytes < bytes) return false;
    bucket.records--;
    bucket.bytes -= bytes;
    return true;
  }
}
