using System.Net.Sockets;
using System.Text;
using Exports.Connectors.Sdk;

namespace RedisSink;

/// <summary>A connection to Redis. One command at a time.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[1024];
    private readonly string _address;
    private readonly TimeSpan _timeout;

    private RedisConnection(string address, TimeSpan timeout)
    {
        _address = address;
        _timeout = timeout;
    }

    /// <summary>Connects, and logs in where there is a password.</summary>
    /// <exception cref="RetriableException">The server cannot be reached.</exception>
    /// <exception cref="ConnectException">The server does not take the password.</exception>
    public static async Task<RedisConnection> OpenAsync(ParsedConfig config, CancellationToken cancellationToken)
    {
        var host = config.GetString(RedisListSinkConnector.Host);
        var port = config.GetInt(RedisListSinkConnector.Port);
        var connection = new RedisConnection(
            $"{host}:{port}", TimeSpan.FromMilliseconds(config.GetInt(RedisListSinkConnector.Timeout)));
        try
        {
            await connection.LimitAsync(token => connection._socket.ConnectAsync(host, port, token), cancellationToken);
            if (config.GetPasswordOrNull(RedisListSinkConnector.Password) is { } password)
            {
                var answer = await connection.AskAsync(RedisCommand.Of("AUTH", password), cancellationToken);
                if (answer != "+OK")
                    throw new ConnectException($"Check {RedisListSinkConnector.Password}: {host}:{port} answers {answer}.");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command whose answer is one line, and gives that line.</summary>
    /// <exception cref="RetriableException">There is no answer; nobody knows what became of the command.</exception>
    public async Task<string> AskAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        var length = 0;
        await LimitAsync(
            async token =>
            {
                for (var sent = 0; sent < command.Length;)
                    sent += await _socket.SendAsync(command[sent..], token);
                while (length < 2 || !_answer.AsSpan(0, length).EndsWith("\r\n"u8))
                {
                    var read = await _socket.ReceiveAsync(_answer.AsMemory(length), token);
                    if (read == 0)
                        throw new RetriableException($"{_address} has closed the connection.");
                    length += read;
                }
            },
            cancellationToken);
        return Encoding.UTF8.GetString(_answer, 0, length - 2);
    }

    public void Dispose() => _socket.Dispose();

    private async Task LimitAsync(Func<CancellationToken, ValueTask> action, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            await action(limit.Token);
        }
        catch (SocketException e)
        {
            throw new RetriableException($"No answer from {_address}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RetriableException($"{_address} has not answered within {_timeout.TotalMilliseconds} ms.", e);
        }
    }
}
