using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Security;

/// <summary>User names and passwords (RFC 7617), from a file of hashes.</summary>
public sealed class BasicAuthenticator : IAuthenticator, IDisposable
{
    private const int MaxRemembered = 1024;
    private const int MaxCredentialChars = 4096;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly WatchedFile<Users> _file;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    // Hashing is slow on purpose: half of the processors at most may be kept busy by it.
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Reads the file; it is read anew when it changes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">It is not a file of users.</exception>
    public BasicAuthenticator(string usersFile, TimeProvider time, Action<string>? onChange = null)
        => _file = new(usersFile, bytes => new(UserList.Parse(Encoding.UTF8.GetString(bytes))), time, onChange);

    /// <inheritdoc/>
    public string Scheme => "Basic";

    /// <inheritdoc/>
    public string Challenge => "Basic realm=\"Exports\", charset=\"UTF-8\"";

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(string credentials, CancellationToken cancellationToken)
    {
        if (!TryDecode(credentials, out var user, out var password))
            return new AuthenticationResult.Rejected("its basic credentials are malformed");
        var users = _file.Current;
        // What was right once is known by a keyed digest, so that a client that polls costs no hash each time.
        var digest = Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(credentials)));
        if (users.Remembered.TryGetValue(digest, out var remembered))
            return new AuthenticationResult.Accepted(remembered);
        if (!await _hashing.WaitAsync(s_patience, cancellationToken))
            return new AuthenticationResult.Unavailable(StatusCodes.Status429TooManyRequests, "Too many attempts to log in.");
        try
        {
            var role = await Task.Run(() => users.List.Check(user, password), CancellationToken.None);
            if (role is null)
                return new AuthenticationResult.Rejected("user or password is wrong");
            if (users.Remembered.Count < MaxRemembered)
                users.Remembered.TryAdd(digest, role.Value);
            return new AuthenticationResult.Accepted(role);
        }
        finally
        {
            _hashing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    private static bool TryDecode(string credentials, out string user, out string password)
    {
        (user, password) = ("", "");
        var bytes = new byte[credentials.Length];
        if (credentials.Length > MaxCredentialChars || !Convert.TryFromBase64String(credentials, bytes, out var length))
            return false;
        try
        {
            var text = s_strictUtf8.GetString(bytes, 0, length);
            var colon = text.IndexOf(':');
            if (colon <= 0)
                return false;
            (user, password) = (text[..colon], text[(colon + 1)..]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The users of one version of the file, and which credentials were right.</summary>
    private sealed record Users(UserList List)
    {
        public ConcurrentDictionary<string, ApiRole> Remembered { get; } = new(StringComparer.Ordinal);
    }
}
