using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Reads the answer to PutRecords. Allocates nothing when all records were accepted.</summary>
internal static class PutRecordsAnswer
{
    /// <summary>Returns when all records were accepted.</summary>
    /// <param name="answer">The body of an answer with status 200.</param>
    /// <param name="sent">How many records the request had.</param>
    /// <exception cref="RecordsFailedException">Some were not accepted, or none.</exception>
    /// <exception cref="RetriableException">The answer does not say.</exception>
    public static void Check(ReadOnlySpan<byte> answer, int sent)
    {
        try
        {
            Read(answer, sent);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new RetriableException("Kinesis accepted the request, but its answer cannot be read.", e);
        }
    }

    private static void Read(ReadOnlySpan<byte> answer, int sent)
    {
        var reader = new Utf8JsonReader(answer);
        List<RecordFailure>? failures = null;
        var records = 0;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("FailedRecordCount"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.GetInt32() == 0)
                    return;
            }
            else if (reader.ValueTextEquals("Records"u8))
            {
                Expect(ref reader, JsonTokenType.StartArray);
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    ReadRecord(ref reader, records++, ref failures);
            }
            else
            {
                reader.Skip();
            }
        }

        if (records != sent || failures is null)
        {
            throw new RetriableException(
                $"Kinesis answered for {records} records, {failures?.Count ?? 0} of them with an error, to a request of {sent}.");
        }

        throw new RecordsFailedException(failures);
    }

    private static void ReadRecord(ref Utf8JsonReader reader, int index, ref List<RecordFailure>? failures)
    {
        string? code = null;
        string? message = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ErrorCode"u8))
            {
                reader.Read();
                code = reader.GetString();
            }
            else if (reader.ValueTextEquals("ErrorMessage"u8))
            {
                reader.Read();
                message = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        if (code is not null)
            (failures ??= []).Add(new(index, KinesisError.OfRecord(code, message), CanRetry: true));
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw new JsonException($"Expected {token}, found {reader.TokenType}.");
    }
}
