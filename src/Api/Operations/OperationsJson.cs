using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Exports.Api.Operations;

/// <summary>How the bodies of <c>/exports</c> are written: as Kafka Connect's, but for what is null, which is left out.</summary>
internal static class OperationsJson
{
    public static OperationsJsonContext Context { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(ConnectorDetailBody))]
[JsonSerializable(typeof(ClusterBody))]
[JsonSerializable(typeof(PreviewBody))]
internal sealed partial class OperationsJsonContext : JsonSerializerContext;
