using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;
using Spectre.Console.Rendering;

namespace Exports.Ctl.Commands;

/// <summary><c>cluster</c>: the workers and their load.</summary>
internal static class ClusterCommand
{
    public static Command Create(CommandContext context)
        => context.Command("cluster", "Shows the workers with their load, and the Kafka that they read from.", [], async (_, session, cancellationToken) =>
        {
            var cluster = await session.Api.ClusterAsync(cancellationToken);
            session.Write(() => cluster, cluster.Objects("workers").Select(worker => worker.Text("worker_id")!), () =>
            {
                var kafka = cluster["kafka"];
                session.Output.WriteLine($"Version {cluster.Text("version")}{(cluster.Text("engine") is { } engine ? $", engine {engine}" : "")}");
                session.Output.WriteLine($"Kafka   {kafka.Text("bootstrap_servers") ?? kafka.Text("cluster_id") ?? "unknown"}{(kafka.Text("problem") is { } problem ? $": {problem}" : "")}");
                session.Output.WriteLine();
                session.Show(Workers(cluster));
            });
            return ExitCode.Done;
        });

    /// <summary>The table of workers.</summary>
    public static IRenderable Workers(JsonObject cluster) => Column<JsonObject>.Table(
        [.. cluster.Objects("workers")],
        new("WORKER", worker => worker.Text("worker_id")),
        new("READY", worker => worker.Text("ready") is { } ready ? ready == "true" ? "yes" : "no" : null),
        new("CPU", worker => worker.Number("cpu_cores_used") is { } used ? FormattableString.Invariant($"{used:0.00}/{worker.Number("cpu_cores"):0}") : null, IsNumber: true),
        new("MEMORY", worker => Units.Bytes(worker.Number("memory_bytes")), IsNumber: true),
        new("BUFFERED", worker => Units.Bytes(worker.Number("buffered_bytes")), IsNumber: true),
        new("CONNECTORS", worker => Units.Count(worker.Number("connectors")), IsNumber: true),
        new("TASKS", worker => $"{worker.Text("running_tasks")}/{worker.Text("tasks")}", IsNumber: true),
        new("RECORDS/S", worker => Units.Rate(worker.Number("records_out")), IsNumber: true),
        new("BYTES/S", worker => Units.Bytes(worker.Number("bytes_out")), IsNumber: true),
        new("VERSION", worker => worker.Text("version")));
}
