using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Exports.Demo.Events;

/// <summary>
/// Video view events as a quality-of-service service would see them: JSON, keyed by view id, several events a view. An event
/// depends on nothing but the seed, its sequence number and its time, so a topic's history can be made again. Not thread-safe.
/// </summary>
/// <param name="seed">Events of different seeds have nothing in common.</param>
/// <param name="partitions">The number of partitions of the topic; at least 1.</param>
internal sealed class EventSource(ulong seed, int partitions) : IDisposable
{
    /// <summary>An event, key and value, is never larger than this.</summary>
    public const int MaxBytes = 640;

    /// <summary>How many views are under way at a time.</summary>
    private const int Concurrent = 512;

    private static readonly string[] s_steps = ["viewstart", "heartbeat", "heartbeat", "viewend"];

    private static readonly string[] s_environments =
    [
        "acme-sports-production", "acme-sports-staging", "bluebird-news-production", "cinema-club-production",
        "dojo-fitness-production", "edu-stream-production", "fjord-tv-production", "galaxy-shorts-production",
    ];

    private static readonly (string Name, string Version)[] s_players =
    [
        ("hls.js", "1.6.2"), ("shaka-player", "4.15.8"), ("video.js", "8.22.0"), ("avplayer", "18.5"), ("exoplayer", "1.7.1"),
        ("roku-video", "14.6"),
    ];

    private static readonly string[] s_cdns = ["akamai", "cloudflare", "cloudfront", "fastly"];
    private static readonly string[] s_countries = ["BR", "DE", "GB", "IN", "JP", "KE", "MX", "SE", "US"];
    private static readonly int[] s_bitrates = [800, 1600, 2800, 4500, 6000, 9000];

    private readonly ArrayBufferWriter<byte> _value = new(MaxBytes);
    private readonly byte[] _key = new byte[32];
    private readonly Utf8JsonWriter _json = new(Stream.Null);

    /// <summary>The partition of an event: by the hash of its view, so that a view's events stay in order.</summary>
    public int PartitionOf(long sequence) => (int)(Hash(ViewOf(sequence), 0) % (uint)partitions);

    /// <summary>Makes an event. Its key and value stay valid until the next call.</summary>
    /// <param name="sequence">The sequence number, from 0.</param>
    /// <param name="time">The event's time in microseconds since 1970.</param>
    /// <param name="value">The event as JSON.</param>
    /// <returns>The key: the view id, 32 hexadecimal digits.</returns>
    public ReadOnlySpan<byte> Make(long sequence, long time, out ReadOnlySpan<byte> value)
    {
        var view = ViewOf(sequence);
        var step = (int)(sequence / Concurrent % s_steps.Length);
        WriteHex(Hash(view, 0), _key);
        WriteHex(Hash(view, 1), _key.AsSpan(16));
        var traits = Hash(view, 2);
        var player = s_players[Take(ref traits, s_players.Length)];
        var startup = Startup(Hash(view, 3));
        var (stalls, stalled) = Rebuffering(view, step);

        _value.ResetWrittenCount();
        _json.Reset(_value);
        _json.WriteStartObject();
        _json.WriteNumber("sequence"u8, sequence);
        _json.WriteString("event"u8, s_steps[step]);
        _json.WriteString("view_id"u8, _key);
        _json.WriteString("environment"u8, s_environments[Take(ref traits, s_environments.Length)]);
        _json.WriteString("player_name"u8, player.Name);
        _json.WriteString("player_version"u8, player.Version);
        _json.WriteString("cdn"u8, s_cdns[Take(ref traits, s_cdns.Length)]);
        _json.WriteString("country"u8, s_countries[Take(ref traits, s_countries.Length)]);
        _json.WriteNumber("startup_time_ms"u8, startup);
        _json.WriteNumber("rebuffer_count"u8, stalls);
        _json.WriteNumber("rebuffer_duration_ms"u8, stalled);
        _json.WriteNumber("bitrate_kbps"u8, s_bitrates[Take(ref traits, s_bitrates.Length)]);
        _json.WriteNumber("watch_time_ms"u8, step * 10_000);
        _json.WriteString("event_time"u8, EventTime.Format(time));
        _json.WriteEndObject();
        _json.Flush();
        value = _value.WrittenSpan;
        return _key;
    }

    public void Dispose() => _json.Dispose();

    private static long ViewOf(long sequence)
        => sequence / (Concurrent * s_steps.Length) * Concurrent + sequence % Concurrent;

    /// <summary>Milliseconds until the first frame: about half a second for most, with the long tail that viewers complain of.</summary>
    private static int Startup(ulong random)
    {
        // Box–Muller: the logarithm of a startup time is about normally distributed.
        var u = ((random >> 32) + 1) / 4294967297.0;
        var v = (random & 0xffffffff) / 4294967296.0;
        var normal = Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
        return (int)(550 * Math.Exp(0.6 * normal));
    }

    /// <summary>What a view has stalled up to a step; one view in eight stalls at all.</summary>
    private (int Count, int Milliseconds) Rebuffering(long view, int step)
    {
        if (Hash(view, 4) % 8 != 0)
            return (0, 0);
        var (count, milliseconds) = (0, 0);
        for (var i = 1; i <= step; i++)
        {
            count++;
            milliseconds += 100 + (int)(Hash(view, 4 + (uint)i) % 2900);
        }

        return (count, milliseconds);
    }

    private static int Take(ref ulong random, int choices)
    {
        var taken = (int)(random % (uint)choices);
        random /= (uint)choices;
        return taken;
    }

    /// <summary>SplitMix64's finalizer: every bit of the input changes every bit of the output half of the time.</summary>
    private ulong Hash(long view, uint salt)
    {
        var x = seed + (ulong)view * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private static void WriteHex(ulong number, Span<byte> to)
        => _ = number.TryFormat(to, out _, "x16", CultureInfo.InvariantCulture);
}
