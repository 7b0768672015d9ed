using Exports.Connectors.Sdk;
using Exports.Testing;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class RenewingCredentialsTests
{
    private readonly ManualTimeProvider _time = new(new(2026, 3, 14, 0, 0, 0, TimeSpan.Zero));
    private readonly Origin _origin = new();
    private readonly ListLogger _logger = new();
    private readonly RenewingCredentials _credentials;

    public RenewingCredentialsTests() => _credentials = new(_origin, _time);

    [Fact]
    public async Task Many_who_ask_at_once_cause_one_request()
    {
        var asking = Enumerable.Range(0, 50).Select(_ => GetAsync()).ToList();
        await _origin.AnswerAsync("first");

        Assert.All(await Task.WhenAll(asking), key => Assert.Equal("first", key));
        Assert.Equal("first", await GetAsync());
        Assert.Equal(1, _origin.Requests);
    }

    [Fact]
    public async Task Old_credentials_serve_while_new_ones_are_asked_for()
    {
        await FirstAsync();
        _time.Advance(TimeSpan.FromMinutes(46));

        for (var i = 0; i < 10; i++)
            Assert.Equal("first", await GetAsync());
        await _origin.AnswerAsync("second");

        await Eventually.TrueAsync(() => GetAsync().Result == "second");
        Assert.Equal(2, _origin.Requests);
    }

    [Fact]
    public async Task Nobody_asks_while_nobody_uses_them()
    {
        await FirstAsync();
        _time.Advance(TimeSpan.FromDays(3));

        Assert.Equal(1, _origin.Requests);
        Assert.Empty(_time.Timers);
    }

    [Fact]
    public async Task Credentials_that_have_run_out_are_not_given_out()
    {
        await FirstAsync();
        _time.Advance(TimeSpan.FromMinutes(60));
        var asking = GetAsync();

        Assert.False(asking.IsCompleted);
        await _origin.AnswerAsync("second");
        Assert.Equal("second", await asking);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_logged_and_tried_again_while_the_old_ones_serve()
    {
        await FirstAsync();
        _time.Advance(TimeSpan.FromMinutes(46));
        Assert.Equal("first", await GetAsync());
        await _origin.FailAsync(new RetriableException("The token service does not answer."));
        await Eventually.TrueAsync(() => _logger.Lines.Any(line => line.Contains("does not answer", StringComparison.Ordinal)));

        Assert.Equal("first", await GetAsync());
        Assert.Equal(2, _origin.Requests);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("first", await GetAsync());
        await _origin.AnswerAsync("second");

        await Eventually.TrueAsync(() => GetAsync().Result == "second");
    }

    [Fact]
    public async Task Refused_credentials_are_replaced_once_for_all_who_were_refused()
    {
        var first = await FirstAsync();
        var replacing = Enumerable.Range(0, 10).Select(_ => _credentials.ReplaceAsync(first, CancellationToken.None)).ToList();
        await _origin.AnswerAsync("second");

        Assert.All(await Task.WhenAll(replacing), replaced => Assert.Equal("second", replaced.AccessKey));
        Assert.True(_origin.WasRefused);
        Assert.Equal("second", (await _credentials.ReplaceAsync(first, CancellationToken.None)).AccessKey);
        Assert.Equal(2, _origin.Requests);
    }

    [Fact]
    public async Task An_origin_that_hangs_does_not_hang_who_asks()
    {
        var asking = GetAsync();
        await _origin.AskedAsync();
        _time.Advance(TimeSpan.FromSeconds(20));

        var error = await Assert.ThrowsAsync<RetriableException>(() => asking);
        Assert.Contains("20 s", error.Message, StringComparison.Ordinal);

        asking = GetAsync();
        await _origin.AnswerAsync("first");
        Assert.Equal("first", await asking);
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_end_it_for_others()
    {
        using var impatient = new CancellationTokenSource();
        var givesUp = _credentials.GetAsync(_logger, impatient.Token).AsTask();
        var waits = GetAsync();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        await _origin.AnswerAsync("first");

        Assert.Equal("first", await waits);
    }

    private async Task<string> GetAsync() => (await _credentials.GetAsync(_logger, CancellationToken.None)).AccessKey;

    private async Task<AwsCredentials> FirstAsync()
    {
        var asking = _credentials.GetAsync(_logger, CancellationToken.None);
        await _origin.AnswerAsync("first");
        return await asking;
    }

    private sealed class Origin : ICredentialsOrigin
    {
        private readonly SemaphoreSlim _asked = new(0);
        private TaskCompletionSource<LoadedCredentials> _answer = New();
        private int _requests;

        public int Requests => Volatile.Read(ref _requests);

        public bool WasRefused { get; private set; }

        public Task<LoadedCredentials> LoadAsync(bool refused, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            WasRefused |= refused;
            var answer = _answer = New();
            _asked.Release();
            return answer.Task;
        }

        public async Task AskedAsync() => Assert.True(await _asked.WaitAsync(TimeSpan.FromSeconds(30)));

        public async Task AnswerAsync(string accessKey)
        {
            await AskedAsync();
            _answer.SetResult(new(new(accessKey, "secret", null), TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(59)));
        }

        public async Task FailAsync(Exception error)
        {
            await AskedAsync();
            _answer.SetException(error);
        }

        private static TaskCompletionSource<LoadedCredentials> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
