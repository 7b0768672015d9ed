using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Exports.Api.Security;

/// <summary>
/// The hash of a password: PBKDF2 with HMAC-SHA-256, written <c>pbkdf2-sha256$iterations$salt$hash</c> with salt and hash in
/// Base64.
/// </summary>
public sealed class PasswordHash
{
    /// <summary>What <see cref="TryParse"/> takes, for messages.</summary>
    internal const string Form = "pbkdf2-sha256$iterations$salt$hash, as Exports.Silo --hash-password prints it";

    /// <summary>The iterations of new hashes: what OWASP's Password Storage Cheat Sheet asks for.</summary>
    public const int DefaultIterations = 600_000;

    private const string Prefix = "pbkdf2-sha256";
    private const int MinIterations = 1_000;
    private const int MaxIterations = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) => (Iterations, _salt, _hash) = (iterations, salt, hash);

    internal int Iterations { get; }

    /// <summary>Hashes a password with a new salt.</summary>
    public static PasswordHash Create(string password, int iterations = DefaultIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>A hash that no password has, which takes as long to check as any other.</summary>
    internal static PasswordHash OfNobody(int iterations)
        => new(iterations, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    internal static bool TryParse(string text, out PasswordHash? hash)
    {
        hash = null;
        if (text.Split('$') is not [Prefix, var iterations, var salt, var derived]
            || !int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is < MinIterations or > MaxIterations
            || !Base64.IsValid(salt) || !Base64.IsValid(derived))
            return false;
        var (saltBytes, hashBytes) = (Convert.FromBase64String(salt), Convert.FromBase64String(derived));
        if (saltBytes.Length < 8 || hashBytes.Length != HashBytes)
            return false;
        hash = new(count, saltBytes, hashBytes);
        return true;
    }

    /// <summary>Whether it is the hash of the password. Takes the time of <paramref name="iterations"/> iterations, whatever its own number.</summary>
    internal bool Matches(string password, int iterations)
    {
        var matches = CryptographicOperations.FixedTimeEquals(Derive(password, _salt, Iterations), _hash);
        if (iterations > Iterations)
            Derive(password, _salt, iterations - Iterations);
        return matches;
    }

    /// <inheritdoc/>
    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}${Iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    private static byte[] Derive(string password, byte[] salt, int iterations)
        => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
