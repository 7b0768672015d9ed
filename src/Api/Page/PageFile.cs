using System.Security.Cryptography;

namespace Exports.Api.Page;

/// <summary>A file of the page, as it stands in the assembly.</summary>
internal sealed class PageFile
{
    private const string Prefix = "page/";

    private PageFile(string name, byte[] content)
    {
        Content = content;
        Tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"";
        ContentType = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"The page's file {name} has a type that is not served: {other}"),
        };
    }

    /// <summary>All files by name.</summary>
    public static IReadOnlyDictionary<string, PageFile> All { get; } = typeof(PageFile).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(name => name[Prefix.Length..], name => new PageFile(name, Read(name)), StringComparer.Ordinal);

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Changes with the content; quoted.</summary>
    public string Tag { get; }

    /// <summary>The media type.</summary>
    public string ContentType { get; }

    private static byte[] Read(string name)
    {
        using var resource = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
