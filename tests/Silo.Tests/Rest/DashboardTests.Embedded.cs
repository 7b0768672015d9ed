using System.Net;

namespace Exports.Silo.Tests.Rest;

public sealed partial class DashboardTests
{
    [Theory]
    [InlineData("GET", "/dashboard", "true")]
    [InlineData("GET", "/dashboard/", "true")]
    [InlineData("GET", "/dashboard/ClusterStats", "true")]
    [InlineData("POST", "/dashboard", "true")]
    [InlineData("GET", "/dashboard", "false")]
    public async Task Without_Orleans_the_answer_is_which_engine_has_a_dashboard(string method, string path, string enabled)
    {
        await using var worker = await RestWorker.StartAsync(("dashboard.enable", enabled));
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };

        var response = await client.SendAsync(new HttpRequestMessage(new(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var error = await ErrorOf(response);
        Assert.Equal(404, error.Code);
        Assert.Contains("needs the engine Orleans", error.Message);
    }
}
