namespace Exports.Pipeline;

/// <summary>Takes secrets out of messages.</summary>
internal sealed class Redactor
{
    // Shorter values are no secrets, and would be found in words that have nothing to do with them.
    private const int ShortestSecret = 4;

    private readonly List<(string Secret, string Replacement)> _secrets = [];

    /// <summary>Makes known a text that no message may hold, and what to write in its place.</summary>
    public void Add(string secret, string replacement)
    {
        secret = secret.Trim();
        if (secret.Length >= ShortestSecret && !bool.TryParse(secret, out _))
            _secrets.Add((secret, replacement));
    }

    /// <summary>The text without secrets.</summary>
    public string Redact(string text)
    {
        // The longest first: one secret may be a part of another.
        foreach (var (secret, replacement) in _secrets.OrderByDescending(entry => entry.Secret.Length))
            text = text.Replace(secret, replacement, StringComparison.Ordinal);
        return text;
    }
}
