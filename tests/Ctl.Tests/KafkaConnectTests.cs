namespace Exports.Ctl.Tests;

/// <summary>What remains of the commands where the worker is one of Kafka Connect.</summary>
public sealed class KafkaConnectTests(Stage stage)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_Kafka_Connect_can_do_is_done_and_what_it_cannot_is_refused(bool isOld)
    {
        var name = isOld ? "old" : "new";
        await stage.CreateAsync(name);
        await using var connect = await ConnectFront.StartAsync(stage.Http, isOld);
        Task<Result> CtlAsync(params string[] arguments) => Ctl.RunAsync(connect.Address, null, arguments);

        Assert.Equal([name, "RUNNING", "1/1"], (await CtlAsync("list", name)).Is(ExitCode.Done).Row(name));
        Assert.DoesNotContain("HEALTH", (await CtlAsync("status", name)).Is(ExitCode.Done).Output);
        Assert.Contains(stage.Address.Authority, (await CtlAsync("cluster")).Is(ExitCode.Done).Output);
        Assert.Contains("connectors: ", (await CtlAsync("top")).Is(ExitCode.Done).Output);
        var described = (await CtlAsync("describe", name)).Is(ExitCode.Done);
        Assert.Contains("FileStreamSink", described.Output);
        Assert.Equal(isOld, !described.Output.Contains("COMMITTED", StringComparison.Ordinal));
        if (!isOld)
            Assert.Equal(2, (await CtlAsync("offsets", "get", name)).Is(ExitCode.Done).Lines.Count(line => line.StartsWith("views", StringComparison.Ordinal)));

        var file = stage.Write($"{name}.json", stage.FileSink(name, ("tasks.max", "2")));
        (await CtlAsync("diff", "-f", file)).Is(ExitCode.Refused);
        Assert.Equal($"{name} configured\n", (await CtlAsync("apply", "-f", file, "--wait", "60")).Is(ExitCode.Done).Output);
        (await CtlAsync("stop", name)).Is(ExitCode.Done);
        Assert.Equal("STOPPED", await stage.StateAsync(name));

        foreach (var command in (string[][])[["tail", name], ["list", "--health", "HEALTHY"], ["apply", "-f", file, "--preflight"], ["offsets", "set", name, "--to", "latest", "-y"]])
            Assert.Contains("needs a worker of Exports", (await CtlAsync(command)).Is(ExitCode.Refused).Error);
        Assert.Equal($"{name} deleted\n", (await CtlAsync("delete", name, "-y")).Is(ExitCode.Done).Output);
    }
}
