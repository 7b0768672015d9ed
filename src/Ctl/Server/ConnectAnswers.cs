using System.Text.Json;
using System.Text.Json.Nodes;

namespace Exports.Ctl.Server;

/// <summary>What Kafka Connect tells, in the shapes of Exports: the fields that it does not know are absent.</summary>
internal static class ConnectAnswers
{
    /// <summary>A connector as lists show it, from its status.</summary>
    public static JsonObject Row(JsonObject status)
    {
        var tasks = status["tasks"]?.AsArray() ?? [];
        int Count(string state) => tasks.Count(task => task?["state"]?.ToString() == state);
        var row = new JsonObject
        {
            ["name"] = status["name"]?.ToString(),
            ["state"] = status["connector"]?["state"]?.ToString() ?? "UNKNOWN",
            ["tasks"] = new JsonObject
            {
                ["total"] = tasks.Count,
                ["running"] = Count("RUNNING"),
                ["failed"] = Count("FAILED"),
                ["paused"] = Count("PAUSED"),
                ["unassigned"] = Count("UNASSIGNED"),
                ["restarting"] = Count("RESTARTING"),
            },
        };
        if (FirstTrace(status) is { } trace)
            row["trace"] = trace;
        return row;
    }

    /// <summary>A connector with all that is known of it.</summary>
    public static JsonObject Detail(JsonObject status, JsonElement? offsets, JsonElement? topics)
    {
        var name = status["name"]!.ToString();
        var detail = Row(status);
        detail["worker_id"] = status["connector"]?["worker_id"]?.ToString();
        detail["task_list"] = new JsonArray([.. (status["tasks"]?.AsArray() ?? []).Select(task => task!.DeepClone())]);
        if (offsets is { ValueKind: JsonValueKind.Object } known)
        {
            detail["partitions"] = new JsonArray(
            [
                .. known.GetProperty("offsets").EnumerateArray()
                    .Where(entry => entry.GetProperty("partition").TryGetProperty("kafka_topic", out _))
                    .Select(entry => new JsonObject
                    {
                        ["topic"] = entry.GetProperty("partition").GetProperty("kafka_topic").GetString(),
                        ["partition"] = JsonNode.Parse(entry.GetProperty("partition").GetProperty("kafka_partition").GetRawText()),
                        ["committed_offset"] = JsonNode.Parse(entry.GetProperty("offset").GetProperty("kafka_offset").GetRawText()),
                    }),
            ]);
        }

        if (topics is { ValueKind: JsonValueKind.Object } read && read.TryGetProperty(name, out var own))
            detail["topics"] = JsonArray.Create(own.GetProperty("topics"));
        return detail;
    }

    /// <summary>A cluster, of which only the workers are known that have connectors or tasks.</summary>
    public static JsonObject Cluster(JsonElement server, IReadOnlyList<JsonObject> statuses)
    {
        var tasks = statuses.SelectMany(status => status["tasks"]?.AsArray() ?? []).ToList();
        var workers = statuses.Select(status => status["connector"]?["worker_id"]?.ToString())
            .Concat(tasks.Select(task => task?["worker_id"]?.ToString())).OfType<string>().Where(id => id.Length > 0).Distinct().Order(StringComparer.Ordinal);
        return new()
        {
            ["version"] = server.TryGetProperty("version", out var version) ? version.ToString() : null,
            ["kafka"] = new JsonObject { ["cluster_id"] = server.TryGetProperty("kafka_cluster_id", out var id) ? id.GetString() : null },
            ["workers"] = new JsonArray(
            [
                .. workers.Select(worker => new JsonObject
                {
                    ["worker_id"] = worker,
                    ["connectors"] = statuses.Count(status => status["connector"]?["worker_id"]?.ToString() == worker),
                    ["tasks"] = tasks.Count(task => task?["worker_id"]?.ToString() == worker),
                    ["running_tasks"] = tasks.Count(task => task?["worker_id"]?.ToString() == worker && task["state"]?.ToString() == "RUNNING"),
                }),
            ]),
        };
    }

    private static string? FirstTrace(JsonObject status)
        => status["connector"]?["trace"]?.ToString()
            ?? (status["tasks"]?.AsArray() ?? []).Select(task => task?["trace"]?.ToString()).FirstOrDefault(trace => trace is not null);
}
