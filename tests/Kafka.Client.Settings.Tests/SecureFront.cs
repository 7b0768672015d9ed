using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Exports.Kafka.Client.Settings.Tests;

/// <summary>
/// Stands in front of a broker that knows neither TLS nor logins, and asks for them: ends the encryption, answers SASL
/// requests by itself, and passes everything else on. What is behind it names its own address in answers; here it is replaced.
/// </summary>
internal sealed class SecureFront : IAsyncDisposable
{
    private const short ApiVersions = 18;
    private const short SaslHandshake = 17;
    private const short SaslAuthenticate = 36;
    private const short AuthenticationFailed = 58;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _broker;
    private readonly Task _accepting;

    public SecureFront(string broker)
    {
        _broker = IPEndPoint.Parse(broker);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The certificate to show; null for no encryption.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether clients must show a certificate.</summary>
    public bool AsksForCertificate { get; init; }

    /// <summary>Who may log in; null for no login.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>The subject of the certificate that a client showed.</summary>
    public string? ClientSubject { get; private set; }

    /// <summary>How clients have logged in.</summary>
    public string? LoggedInBy { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Only then: one that is stopped while it is asked for the next client throws.
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var broker = new TcpClient())
        {
            try
            {
                await broker.ConnectAsync(_broker, _stop.Token);
                Stream near = client.GetStream();
                if (Certificate is not null)
                    near = await EncryptAsync(near);
                await AnswerAsync(near, broker.GetStream());
            }
            catch (Exception e)
                when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
            {
                // The client, the broker or the test has gone.
            }
        }
    }

    private async Task<Stream> EncryptAsync(Stream near)
    {
        var encrypted = new SslStream(near);
        await encrypted.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificate,
                ClientCertificateRequired = AsksForCertificate,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    ClientSubject = certificate?.Subject;
                    return !AsksForCertificate || certificate is not null;
                },
            },
            _stop.Token);
        return encrypted;
    }

    /// <summary>One request after the other.</summary>
    private async Task AnswerAsync(Stream near, Stream far)
    {
        var exchange = new SaslExchange(Login ?? default);
        while (await ReadAsync(near) is { } request)
        {
            var api = BinaryPrimitives.ReadInt16BigEndian(request);
            var head = 10 + Math.Max((int)BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(8)), 0);
            var correlation = request.AsSpan(4, 4).ToArray();
            switch (api)
            {
                case SaslHandshake:
                    exchange.Mechanism = Encoding.UTF8.GetString(request.AsSpan(head + 2));
                    await WriteAsync(near, [.. correlation, 0, 0, 0, 0, 0, 1, 0, (byte)exchange.Mechanism.Length,
                        .. Encoding.UTF8.GetBytes(exchange.Mechanism)]);
                    break;
                case SaslAuthenticate:
                    var answer = exchange.Answer(request.AsSpan(head + 4));
                    LoggedInBy = exchange.IsDone ? exchange.Mechanism : LoggedInBy;
                    await WriteAsync(near, answer is null
                        ? [.. correlation, 0, (byte)AuthenticationFailed, 0, 2, (byte)'n', (byte)'o', 0, 0, 0, 0]
                        : [.. correlation, 0, 0, 255, 255, 0, 0, 0, (byte)answer.Length, .. answer]);
                    break;
                default:
                    if (Login is not null && api != ApiVersions && !exchange.IsDone)
                        throw new IOException("not logged in");
                    await WriteAsync(far, request);
                    var reply = await ReadAsync(far) ?? throw new IOException("closed");
                    Rename(reply);
                    await WriteAsync(near, api == ApiVersions && Login is not null ? WithSasl(reply) : reply);
                    break;
            }
        }
    }

    private void Rename(byte[] reply)
    {
        var (from, to) = (Name(_broker.Port), Name(((IPEndPoint)_listener.LocalEndpoint).Port));
        for (int at = 0, found; (found = reply.AsSpan(at).IndexOf(from)) >= 0; at += found + from.Length)
            to.CopyTo(reply.AsSpan(at + found));

        static byte[] Name(int port)
            => [.. "127.0.0.1"u8, (byte)(port >> 24), (byte)(port >> 16), (byte)(port >> 8), (byte)port];
    }

    /// <summary>Adds the SASL requests to the list of what the broker answers.</summary>
    private static byte[] WithSasl(byte[] reply)
    {
        var count = BinaryPrimitives.ReadInt32BigEndian(reply.AsSpan(6));
        byte[] result = [.. reply.AsSpan(0, 10), 0, (byte)SaslHandshake, 0, 0, 0, 1, 0, (byte)SaslAuthenticate, 0, 0, 0, 0,
            .. reply.AsSpan(10)];
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(6), count + 2);
        return result;
    }

    private async Task<byte[]?> ReadAsync(Stream stream)
    {
        var size = new byte[4];
        if (await stream.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false, _stop.Token) < 4)
            return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(frame, _stop.Token);
        return frame;
    }

    private async Task WriteAsync(Stream stream, byte[] frame)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, frame.Length);
        await stream.WriteAsync((byte[])[.. size, .. frame], _stop.Token);
        await stream.FlushAsync(_stop.Token);
    }

    /// <summary>The server's side of PLAIN and SCRAM (RFC 4616, RFC 5802).</summary>
    private sealed class SaslExchange((string User, string Password) login)
    {
        private string? _serverFirst;
        private string? _clientFirst;

        public string Mechanism { get; set; } = "";

        public bool IsDone { get; private set; }

        /// <summary>The answer; null when the login is wrong.</summary>
        public byte[]? Answer(ReadOnlySpan<byte> message)
        {
            var text = Encoding.UTF8.GetString(message);
            if (Mechanism == "PLAIN")
            {
                IsDone = text == $"\0{login.User}\0{login.Password}";
                return IsDone ? [] : null;
            }

            if (_serverFirst is null)
            {
                _clientFirst = text[text.IndexOf("n=", StringComparison.Ordinal)..];
                var parts = _clientFirst.Split(',');
                _serverFirst = $"{parts[1]}server,s={Convert.ToBase64String("salt"u8)},i=4096";
                return parts[0] == $"n={login.User}" ? Encoding.UTF8.GetBytes(_serverFirst) : null;
            }

            var hash = Mechanism == "SCRAM-SHA-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
            var length = hash == HashAlgorithmName.SHA256 ? 32 : 64;
            var salted = Rfc2898DeriveBytes.Pbkdf2(login.Password, "salt"u8, 4096, hash, length);
            var clientKey = CryptographicOperations.HmacData(hash, salted, "Client Key"u8);
            var withoutProof = text[..text.IndexOf(",p=", StringComparison.Ordinal)];
            var all = Encoding.UTF8.GetBytes($"{_clientFirst},{_serverFirst},{withoutProof}");
            var proof = CryptographicOperations.HmacData(hash, CryptographicOperations.HashData(hash, clientKey), all);
            for (var i = 0; i < proof.Length; i++)
                proof[i] ^= clientKey[i];
            IsDone = text[(withoutProof.Length + 3)..] == Convert.ToBase64String(proof);
            var serverKey = CryptographicOperations.HmacData(hash, salted, "Server Key"u8);
            var signature = CryptographicOperations.HmacData(hash, serverKey, all);
            return IsDone ? Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(signature)}") : null;
        }
    }
}
