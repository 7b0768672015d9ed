using System.Text.Encodings.Web;
using System.Text.Json;

namespace Exports.Import;

/// <summary>The report for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(TextWriter output, IReadOnlyList<string> remarks, IReadOnlyList<Assessment> assessments)
        => output.WriteLine(JsonSerializer.Serialize(
            new
            {
                Remarks = remarks,
                Connectors = assessments.Select(assessment => new
                {
                    assessment.Connector.Name,
                    Class = assessment.Connector.ClassName,
                    assessment.Connector.Type,
                    assessment.Connector.State,
                    assessment.Connector.Group,
                    assessment.CanRun,
                    assessment.Errors,
                    assessment.Keys,
                    assessment.Remarks,
                    assessment.Done,
                }),
            },
            s_options));
}
