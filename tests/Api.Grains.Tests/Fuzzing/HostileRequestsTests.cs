using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Tests.Fuzzing;

/// <summary>
/// A hundred thousand random and hostile requests over real sockets to the real grains, the same in every run. Under one
/// engine: what is tried here is the surface, which is the same under both.
/// </summary>
public sealed class HostileRequestsTests
{
    private const int Clients = 8;
    private const int Batch = 32;
    private const int Broken = 250;

    private static readonly int s_batches = typeof(Grain).Assembly.GetName().Name == "Orleans.Embedded" ? 400 : 20;

    // None of them comes up in a path made of random pieces, which may well be a valid request to delete what it names.
    private static readonly string[] s_watched = ["plain", "a/b", "%2Fa", "ü 東京", "../plain", "x?y#z+"];

    [Fact]
    public async Task No_invalid_request_changes_anything_none_is_answered_with_500_and_the_worker_goes_on()
    {
        await using var server = await GrainServer.StartAsync();
        var api = server.Api;
        foreach (var (name, i) in s_watched.Select((name, i) => (name, i)))
        {
            var state = (string[])["RUNNING", "STOPPED", "PAUSED"];
            await api.ExpectAsync(201, "POST", "/connectors", JsonSerializer.Serialize(new
            {
                name,
                config = new Dictionary<string, string> { ["connector.class"] = "TestSink", ["topics"] = "t", ["mark"] = $"{i}" },
                initial_state = state[i % 3],
            }));
        }

        await Wait.UntilAsync(async () => !(await StateAsync(api, new HashSet<string>())).Contains("UNASSIGNED", StringComparison.Ordinal), "all tasks have started");
        var before = await StateAsync(api, new HashSet<string>());
        var byStatus = new ConcurrentDictionary<int, int>();

        var scratch = await Task.WhenAll(Enumerable.Range(1, Clients).Select(seed => Task.Run(() => RunAsync(api.Address, seed, byStatus))));

        var left = scratch.SelectMany(names => names).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(before, await StateAsync(api, left));
        Assert.Equal(
            s_watched.Concat(left).Order(StringComparer.Ordinal),
            JsonSerializer.Deserialize<string[]>(await api.ExpectAsync(200, "GET", "/connectors"))!.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(api.Logs.Entries, entry => entry.Level >= LogLevel.Error);
        Assert.All(new[] { 200, 201, 202, 204, 400, 404, 405, 409, 413, 415 }, status => Assert.Contains(status, byStatus.Keys));
    }

    /// <summary>Sends one client's requests. Returns the connectors that it has created and not deleted.</summary>
    private static async Task<HashSet<string>> RunAsync(Uri address, int seed, ConcurrentDictionary<int, int> byStatus)
    {
        var requests = new HostileRequests(seed, s_watched);
        var existing = new HashSet<string>(StringComparer.Ordinal);
        var connection = await FuzzConnection.OpenAsync(address);
        for (var batch = 0; batch < s_batches; batch++)
        {
            var pending = new Queue<FuzzRequest>(Enumerable.Range(0, Batch).Select(_ => requests.Next()));
            while (pending.Count > 0)
            {
                // Sent while answers are read: neither side may wait for the other to make room.
                var sending = connection.SendAsync(pending.SelectMany(request => request.Bytes).ToArray());
                var closed = false;
                while (!closed && pending.TryPeek(out var request))
                {
                    try
                    {
                        var response = await connection.ReadAsync(request.Method == "HEAD");
                        Assert.True(response is not null, "The connection was closed without an answer.");
                        pending.Dequeue();
                        byStatus.AddOrUpdate(response.Status, 1, (_, count) => count + 1);
                        Check(request, response, existing);
                        closed = response.Closes;
                    }
                    catch (Exception e)
                    {
                        throw new InvalidOperationException($"Seed {seed}, batch {batch}: {request}", e);
                    }
                }

                await sending;
                if (closed)
                {
                    connection.Dispose();
                    connection = await FuzzConnection.OpenAsync(address);
                }
            }
        }

        connection.Dispose();
        for (var i = 0; i < Broken * s_batches / 400; i++)
            await SendBrokenAsync(address, requests.NextBroken());
        return existing;
    }

    private static void Check(FuzzRequest request, FuzzResponse response, HashSet<string> existing)
    {
        Assert.True(response.Status != 500, $"500 {response.Text}");
        if (response.Status >= 400)
        {
            // What the server refuses before the application sees it, it refuses without a body, and hangs up.
            Assert.True(request.Method == "HEAD" || (response.Body.Length == 0 && response.Closes) || response.IsErrorBody, response.Text);
            return;
        }

        if (request.Scratch is { } name)
        {
            if (response.Status == 201)
                Assert.True(existing.Add(name), "created twice");
            if (request.Method == "DELETE")
                Assert.True(existing.Remove(name), "deleted what was not there");
            return;
        }

        Assert.True(
            request.IsRead || request.Target.Contains("/validate", StringComparison.OrdinalIgnoreCase) || request.Target.StartsWith("/admin/", StringComparison.OrdinalIgnoreCase),
            $"An invalid request was accepted: {response.Status} {response.Text}");
    }

    /// <summary>Whatever comes back, it comes soon, and it is no success but of a read or a valid beginning.</summary>
    private static async Task SendBrokenAsync(Uri address, byte[] bytes)
    {
        using var connection = await FuzzConnection.OpenAsync(address);
        await connection.SendAsync(bytes);
        connection.EndSending();
        while (await connection.ReadAsync(isHead: false) is { } response)
            Assert.True(response.Status is not (201 or 202 or 204 or 500), $"{response.Status} {response.Text} to {Encoding.Latin1.GetString(bytes)}");
    }

    /// <summary>All configurations and states but those of some connectors, as one text.</summary>
    private static async Task<string> StateAsync(ApiServer api, IReadOnlySet<string> except)
    {
        using var listing = JsonDocument.Parse(await api.ExpectAsync(200, "GET", "/connectors?expand=info&expand=status"));
        return string.Join('\n', listing.RootElement.EnumerateObject()
            .Where(connector => !except.Contains(connector.Name))
            .OrderBy(connector => connector.Name, StringComparer.Ordinal)
            .Select(connector => $"{connector.Name} {connector.Value.GetRawText()}"));
    }
}
