using System.Net.Http.Json;
using System.Text.Json;

namespace Exports.Peers;

/// <summary>The control endpoint of a front.</summary>
internal sealed class FrontControl(int port) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>What the front counts.</summary>
    public async Task<T> StatisticsAsync<T>() => (await _http.GetFromJsonAsync<T>("control", JsonSerializerOptions.Web))!;

    /// <summary>Changes something.</summary>
    /// <exception cref="InvalidOperationException">The front does not know it; the message says what it knows.</exception>
    public async Task SetAsync(string name, object value)
    {
        using var response = await _http.PostAsJsonAsync("control", new Dictionary<string, object> { [name] = value }, JsonSerializerOptions.Web);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
