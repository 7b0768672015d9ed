using System.Net;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class KinesisErrorTests
{
    private static readonly KinesisEndpoint s_endpoint = new(new("https://kinesis.us-east-1.amazonaws.com"), "us-east-1");

    [Theory]
    [InlineData(400, "ProvisionedThroughputExceededException")]
    [InlineData(400, "LimitExceededException")]
    [InlineData(400, "ThrottlingException")]
    [InlineData(400, "KMSThrottlingException")]
    [InlineData(429, "")]
    public void Throttling_asks_to_slow_down(int status, string code) => Assert.IsType<ThrottledException>(Convert(status, code));

    [Theory]
    [InlineData(500, "InternalFailure")]
    [InlineData(500, "")]
    [InlineData(502, "")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(504, "")]
    [InlineData(400, "InternalFailure")]
    [InlineData(408, "")]
    public void A_service_that_fails_is_asked_again(int status, string code)
        => Assert.IsType<RetriableException>(Convert(status, code));

    [Theory]
    [InlineData(400, "ValidationException")]
    [InlineData(400, "InvalidArgumentException")]
    [InlineData(400, "SerializationException")]
    [InlineData(413, "")]
    public void A_request_that_is_wrong_is_the_records_fault(int status, string code)
        => Assert.IsType<DataException>(Convert(status, code));

    [Theory]
    [InlineData("ResourceNotFoundException", "streamName", "There is no stream events in region us-east-1")]
    [InlineData("AccessDeniedException", "roleARN", "kinesis:PutRecords")]
    [InlineData("KMSAccessDeniedException", "roleARN", "kms:GenerateDataKey")]
    [InlineData("UnrecognizedClientException", "roleARN", "does not know the access key")]
    [InlineData("InvalidSignatureException", "region", "refuses the signature")]
    [InlineData("MissingAuthenticationTokenException", "kinesisEndpoint", "without its signature")]
    [InlineData("KMSDisabledException", "streamName", "see to it in KMS")]
    [InlineData("SomethingNew", "kinesisEndpoint", "SomethingNew: why")]
    public void What_somebody_has_to_change_fails_the_task_and_says_what(string code, string key, string message)
    {
        var refusal = Assert.IsType<KinesisRefusalException>(Convert(400, code));

        Assert.Equal(key, refusal.Key);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{code}: why", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"__type":"com.amazonaws.kinesis.v20131202#ResourceNotFoundException","message":"why"}""", null)]
    [InlineData("""{"__type":"ResourceNotFoundException","Message":"why","more":{"a":[1]}}""", null)]
    [InlineData("""{"message":"why"}""", "ResourceNotFoundException:http://internal.amazon.com/coral/com.amazon.coral.service/")]
    public void Name_and_message_of_an_error_are_found(string body, string? header)
        => Assert.Equal(
            new KinesisError(HttpStatusCode.BadRequest, "ResourceNotFoundException", "why"),
            KinesisError.Read(HttpStatusCode.BadRequest, header, Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("[1]")]
    [InlineData("""{"__type":7}""")]
    public void An_answer_of_something_else_is_told_with_its_beginning(string body)
    {
        var error = KinesisError.Read(HttpStatusCode.BadGateway, null, Encoding.UTF8.GetBytes(body));

        Assert.Equal("", error.Code);
        Assert.StartsWith("HTTP 502", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(body.StartsWith('<') ? "Bad gateway" : "", error.ToString(), StringComparison.Ordinal);
    }

    private static ConnectException Convert(int status, string code)
        => new KinesisError((HttpStatusCode)status, code, "why").ToException("PutRecords", "events", s_endpoint, null);
}
