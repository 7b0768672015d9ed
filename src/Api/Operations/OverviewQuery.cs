using System.Globalization;
using Exports.Api.Errors;
using Exports.Grains;
using Exports.Observation;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Operations;

/// <summary>Which connectors a list shows, and in which order.</summary>
internal sealed record OverviewQuery(
    string Search, IReadOnlySet<string> Healths, IReadOnlySet<string> States, string Sort, bool IsDescending, int Offset, int Limit)
{
    private const int MostAtOnce = 1000;

    private static readonly string[] s_sorts = ["health", "name", "lag", "rate", "latency", "restarts"];

    private static readonly Dictionary<Health, int> s_severity = new()
    {
        [Health.Unhealthy] = 5,
        [Health.Degraded] = 4,
        [Health.Starting] = 3,
        [Health.Healthy] = 2,
        [Health.Paused] = 1,
        [Health.Stopped] = 0,
    };

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="ApiException">One has a value that is not allowed (400).</exception>
    public static OverviewQuery Read(HttpRequest request)
    {
        var sort = Choice(request, "sort", s_sorts) ?? "health";
        var order = Choice(request, "order", ["asc", "desc"]);
        return new(
            request.Query["search"].ToString().Trim(),
            Words(request, "health", Enum.GetValues<Health>().Select(Observation.Words.Of)),
            Words(request, "state", Enum.GetValues<RunState>().Select(Observation.Words.Of)),
            sort,
            order is null ? sort != "name" : order == "desc",
            Number(request, "offset", 0, int.MaxValue, 0),
            Number(request, "limit", 1, MostAtOnce, 100));
    }

    public bool Matches(ConnectorReading reading)
        => reading.Name.Contains(Search, StringComparison.OrdinalIgnoreCase)
            && (Healths.Count == 0 || Healths.Contains(Observation.Words.Of(reading.Health)))
            && (States.Count == 0 || States.Contains(Observation.Words.Of(reading.Condition?.Run ?? RunState.Unassigned)));

    /// <summary>In order; connectors that are equal by it come by name.</summary>
    public IEnumerable<ConnectorReading> Order(IEnumerable<ConnectorReading> readings)
    {
        if (Sort == "name")
        {
            return IsDescending
                ? readings.OrderByDescending(reading => reading.Name, StringComparer.Ordinal)
                : readings.OrderBy(reading => reading.Name, StringComparer.Ordinal);
        }

        Func<ConnectorReading, (double, double)> key = Sort switch
        {
            "lag" => reading => (reading.Lag ?? -1, 0),
            "rate" => reading => (reading.Rates.RecordsOut, reading.Rates.RecordsIn),
            "latency" => reading => (reading.Latency(0.99) ?? -1, 0),
            "restarts" => reading => (reading.Restarts, 0),
            _ => reading => (s_severity[reading.Health], reading.Lag ?? -1),
        };
        var ordered = IsDescending ? readings.OrderByDescending(key) : readings.OrderBy(key);
        return ordered.ThenBy(reading => reading.Name, StringComparer.Ordinal);
    }

    private static string? Choice(HttpRequest request, string name, string[] allowed)
    {
        var value = request.Query[name].ToString().Trim().ToLowerInvariant();
        if (value.Length == 0)
            return null;
        return allowed.Contains(value) ? value : throw Invalid(name, request.Query[name].ToString(), $"one of {string.Join(", ", allowed)}");
    }

    private static HashSet<string> Words(HttpRequest request, string name, IEnumerable<string> allowed)
    {
        var words = request.Query[name].ToString().ToUpperInvariant()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var known = allowed.ToList();
        return words.FirstOrDefault(word => !known.Contains(word)) is { } unknown
            ? throw Invalid(name, unknown, $"some of {string.Join(", ", known)}, separated by commas")
            : words;
    }

    private static int Number(HttpRequest request, string name, int min, int max, int absent)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
            return absent;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Invalid(name, text, $"a number from {min} to {max}");
    }

    private static ApiException Invalid(string name, string value, string allowed)
        => ApiException.BadRequest($"Invalid value '{value}' for query parameter '{name}': must be {allowed}");
}
