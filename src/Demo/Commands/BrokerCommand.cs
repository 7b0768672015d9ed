using System.CommandLine;
using System.Globalization;
using Exports.Kafka.Client;

namespace Exports.Demo.Commands;

/// <summary><c>broker</c>: the embedded Kafka in a process of its own.</summary>
internal static class BrokerCommand
{
    public static Command Create()
    {
        var topics = new Option<(string Name, int Partitions)[]>("--topic")
        {
            Description = "A topic to create, as NAME:PARTITIONS; may be given several times. Other topics come into being, with 4 partitions, when a client asks for them.",
            HelpName = "NAME:PARTITIONS",
            CustomParser = argument => [.. argument.Tokens.Select(token => ParseTopic(token.Value, argument.AddError))],
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var brokers = new Option<int>("--brokers") { Description = "How many brokers.", DefaultValueFactory = _ => 1 };
        brokers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 9)
                result.AddError("--brokers must be 1 to 9");
        });
        var portFile = new Option<FileInfo?>("--port-file") { Description = "Write the address (bootstrap.servers) to this file once the Kafka is up.", HelpName = "FILE" };
        var until = new Option<TimeSpan?>("--for") { Description = "End by itself after this time.", HelpName = "TIME", CustomParser = Durations.Parse };
        var command = new Command("broker", "An in-memory Kafka on a free port of 127.0.0.1, until Ctrl-C. It keeps the last 5 MiB of each partition, and nothing once it has stopped.")
        {
            topics, brokers, portFile, until,
        };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(topics)!, parsed.GetValue(brokers), parsed.GetValue(portFile), parsed.GetValue(until)));
        return command;
    }

    private static async Task<int> RunAsync(
        (string Name, int Partitions)[] topics, int brokers, FileInfo? portFile, TimeSpan? until)
    {
        using var interruption = new Interruption();
        using var kafka = EmbeddedKafka.Start(brokers, topics);
        if (portFile is not null)
        {
            var beside = portFile.FullName + ".new";
            await File.WriteAllTextAsync(beside, kafka.BootstrapServers + "\n");
            File.Move(beside, portFile.FullName, overwrite: true);
        }

        Console.WriteLine($"bootstrap.servers={kafka.BootstrapServers}");
        foreach (var (name, partitions) in topics)
            Console.WriteLine($"topic {name}, {partitions} partitions");
        try
        {
            await Task.Delay(until ?? Timeout.InfiniteTimeSpan, interruption.Token);
        }
        catch (OperationCanceledException)
        {
        }

        return 0;
    }

    private static (string, int) ParseTopic(string text, Action<string> error)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions)
            && partitions is >= 1 and <= 100_000)
            return (text[..colon], partitions);
        error($"'{text}' is no topic; allowed: NAME:PARTITIONS with 1 to 100000 partitions");
        return default;
    }
}
