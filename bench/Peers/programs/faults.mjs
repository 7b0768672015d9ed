// Faults that are drawn at random, repeatably, and can be changed while a front runs.

// mulberry32: 32 bits of state, good enough to decide about faults.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Faults {
  constructor(defaults) {
    this.defaults = { seed: 1, atMost: null, delayMinMilliseconds: 0, delayMaxMilliseconds: 0, stall: false, ...defaults };
    this.counts = {};
    this.waiting = [];
    this.set({});
  }

  // Replaces all faults; what is not named is as by default.
  set(wanted) {
    for (const name of Object.keys(wanted)) {
      if (!(name in this.defaults)) throw new Error(`unknown fault '${name}'; known: ${Object.keys(this.defaults).join(', ')}`);
    }
    this.now = { ...this.defaults, ...wanted };
    this.random = generator(this.now.seed);
    this.left = this.now.atMost ?? Infinity;
    if (!this.now.stall) {
      const released = this.waiting;
      this.waiting = [];
      for (const release of released) release();
    }
  }

  // Whether a fault of this name happens now, with the probability that is set for it or given. Counts it when it does.
  happens(name, probability = this.now[name]) {
    // Nothing is drawn for what is off, so that one fault's draws do not depend on the list of faults that exist.
    if (!(probability > 0) || this.left <= 0 || this.random() >= probability) return false;
    this.left--;
    this.count(name);
    return true;
  }

  count(name, by = 1) {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  // Holds a request up for as long as stall is on, and then for the delay.
  async delay() {
    if (this.now.stall) {
      this.count('stalled');
      while (this.now.stall) await new Promise(release => this.waiting.push(release));
    }
    const { delayMinMilliseconds: min, delayMaxMilliseconds: max } = this.now;
    if (max > 0) await new Promise(done => setTimeout(done, min + this.random() * (max - min)));
  }
}
