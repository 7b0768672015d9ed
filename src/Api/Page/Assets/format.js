// Numbers, times and causes for people.

const whole = new Intl.NumberFormat('en');

/** 1,234 and 12.3k and 4.56M. */
export function count(n) {
  if (n === null || n === undefined) return '–';
  const size = Math.abs(n);
  if (size < 10_000) return whole.format(Math.round(n));
  for (const [unit, name] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
    if (size >= unit) return `${(n / unit).toPrecision(3)}${name}`;
  }
  return whole.format(n);
}

/** A number with all its digits. */
export const exact = n => n === null || n === undefined ? '–' : whole.format(n);

/** Records a second. */
export const rate = n => n === null || n === undefined ? '–' : `${n !== 0 && n < 10 ? n.toFixed(1) : count(n)}/s`;

/** Bytes. */
export function bytes(n) {
  if (n === null || n === undefined) return '–';
  for (const [unit, name] of [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']]) {
    if (n >= unit) return `${(n / unit).toPrecision(3)} ${name}`;
  }
  return `${Math.round(n)} B`;
}

/** Milliseconds. */
export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toPrecision(3)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  return ms < 86_400_000 ? `${(ms / 3_600_000).toPrecision(2)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** How long ago. */
export const ago = time => time ? `${duration(Math.max(0, Date.now() - Date.parse(time)))} ago` : 'never';

/** A time of day, with the date when it is not today's. */
export function clock(time) {
  const date = new Date(time);
  const hours = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString() ? hours : `${date.toISOString().slice(0, 10)} ${hours}`;
}

const causes = {
  CREDENTIALS: 'Credentials not accepted', DESTINATION_MISSING: 'Destination missing', DESTINATION_UNREACHABLE: 'Destination unreachable',
  DESTINATION_STALLED: 'Destination stalled', DESTINATION_REFUSED: 'Destination refuses', THROTTLED: 'Throttled', BAD_RECORD: 'Bad record',
  CONFIGURATION: 'Configuration', KAFKA_UNAVAILABLE: 'Kafka unavailable', TOPIC_MISSING: 'Topic missing', OFFSETS_NOT_STORED: 'Offsets not stored', INTERNAL: 'Internal error',
};

/** A cause in words. */
export const cause = word => causes[word] ?? word;
