namespace Exports.Api.Requests;

/// <summary>A decoded segment of the path: a connector's name with any character, or a task's number as it was written.</summary>
internal readonly record struct PathSegment(string Value)
{
    /// <summary>Undoes <see cref="Escape"/>.</summary>
    public static PathSegment From(string? escaped)
        => new((escaped ?? "").Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal));

    /// <summary>The segment with only its <c>%</c> and <c>/</c> encoded.</summary>
    public string Escape() => Value.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    /// <summary>Called by the framework. Never fails.</summary>
    public static bool TryParse(string? escaped, out PathSegment segment)
    {
        segment = From(escaped);
        return true;
    }

    public override string ToString() => Value;
}
