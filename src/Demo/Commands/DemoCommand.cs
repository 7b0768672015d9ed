using System.CommandLine;
using Exports.Demo.Run;

namespace Exports.Demo.Commands;

/// <summary><c>demo</c>: everything in this process.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var rate = new Option<int>("--rate") { Description = "Events a second.", DefaultValueFactory = _ => 1000 };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                result.AddError("--rate must be 1 to 1000000");
        });
        var duration = new Option<TimeSpan?>("--for") { Description = "End by itself after this time.", HelpName = "TIME", CustomParser = Durations.Parse };
        var directory = new Option<DirectoryInfo>("--data-dir")
        {
            Description = "Where state and files go, and where the next start carries on.",
            HelpName = "DIR",
            DefaultValueFactory = _ => new(Path.Combine("data", "demo")),
        };
        var port = new Option<int>("--port") { Description = "The REST port on 127.0.0.1; 0 for a free one.", DefaultValueFactory = _ => 8083 };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
                result.AddError("--port must be 0 to 65535");
        });
        var command = new Command("demo", "A Kafka in memory, a generator of video view events, a worker, and two connectors, until Ctrl-C.")
        {
            rate, duration, directory, port,
        };
        command.SetAction(async (parsed, _) =>
        {
            using var interruption = new Interruption();
            var options = new DemoOptions(
                parsed.GetValue(rate), parsed.GetValue(duration), parsed.GetValue(directory)!.FullName, parsed.GetValue(port));
            return await DemoRun.RunAsync(options, TimeProvider.System, interruption.Token);
        });
        return command;
    }
}
