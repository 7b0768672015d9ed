using Exports.Silo.Configuration;
using Exports.Silo.Start;

namespace Exports.Silo.Tests.Processes;

/// <summary><c>--health</c>: what containers ask a worker with.</summary>
public sealed class HealthTests : IDisposable
{
    private const string NoKafka = "127.0.0.1:1";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_worker_that_runs_lives_until_it_is_stopped()
    {
        await using var worker = await WorkerProcess.StartAsync(("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"]));
        var url = new Uri(worker.Client.BaseAddress!, "/health/live");
        // As in a container: the same variables, and nothing on the command line.
        var variables = new Dictionary<string, string> { ["CONNECT_LISTENERS"] = $"http://:{url.Port}", ["CONNECT_DATA_DIR"] = _scratch["data"] };

        await using (var asked = WorkerProcess.Launch(["--health", url.ToString()]))
            Assert.Equal(0, await asked.WaitForExitAsync());
        await using (var asked = WorkerProcess.Launch(["--health"], variables))
            Assert.Equal(0, await asked.WaitForExitAsync());
        await using (var asked = WorkerProcess.Launch(["--health", $"{url}/nowhere"]))
        {
            Assert.Equal(1, await asked.WaitForExitAsync());
            Assert.Contains($"{url}/nowhere answered 404", asked.Errors);
        }

        Assert.Equal(0, await worker.StopAsync());
        await using (var asked = WorkerProcess.Launch(["--health"], variables))
        {
            Assert.Equal(1, await asked.WaitForExitAsync());
            Assert.Contains($"{url} did not answer", asked.Errors);
        }
    }

    [Fact]
    public async Task A_port_that_only_the_worker_knows_cannot_be_asked()
    {
        await using var asked = WorkerProcess.Launch(["--health", .. WorkerProcess.Overrides([("listeners", "http://127.0.0.1:0")])]);

        Assert.Equal(2, await asked.WaitForExitAsync());
        Assert.Contains("--health needs a URL", asked.Errors);
    }

    [Theory]
    [InlineData("http://:8083", "http://127.0.0.1:8083/health/live")]
    [InlineData("https://0.0.0.0:8443", "https://127.0.0.1:8443/health/live")]
    [InlineData("http://[::1]:8083", "http://[::1]:8083/health/live")]
    [InlineData("http://worker:8083", "http://worker:8083/health/live")]
    public void A_worker_is_asked_at_its_first_listener(string text, string url)
    {
        Assert.True(Listener.TryParse(text, out var listener, out _));
        Assert.True(HealthProbe.TryFindUrl(listener!, out var found, out _));
        Assert.Equal(url, found.ToString());
    }
}
