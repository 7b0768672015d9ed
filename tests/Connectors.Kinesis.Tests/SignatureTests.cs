using System.Text;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>The expected signatures were computed with another implementation of the scheme.</summary>
public sealed class SignatureTests
{
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string Time = "20260314T150926Z";

    [Fact]
    public void A_request_with_lasting_credentials_is_signed_as_others_sign_it()
    {
        var signature = new SignatureV4("us-east-1", "kinesis").Authorize(
            new("AKIDEXAMPLE", SecretKey, null), Time,
            [
                ("content-type", KinesisClient.ContentType),
                ("host", "kinesis.us-east-1.amazonaws.com"),
                ("x-amz-date", Time),
                ("x-amz-target", "Kinesis_20131202.PutRecords"),
            ],
            """{"StreamName":"s","Records":[]}"""u8);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260314/us-east-1/kinesis/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
            + "Signature=94654a8605928e78779630c57a5575f78122cce06be0c86f21f4b56cbb673936", signature);
    }

    [Fact]
    public void A_request_of_a_session_signs_its_token_and_a_port_that_is_not_the_usual_one()
    {
        var signature = new SignatureV4("eu-west-1", "kinesis").Authorize(
            new("AKIDEXAMPLE", SecretKey, "a/token+with=="), Time,
            [
                ("content-type", KinesisClient.ContentType),
                ("host", "localhost:4567"),
                ("x-amz-date", Time),
                ("x-amz-security-token", "a/token+with=="),
                ("x-amz-target", "Kinesis_20131202.DescribeStreamSummary"),
            ],
            Encoding.UTF8.GetBytes("""{"StreamName":"ä"}"""));

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260314/eu-west-1/kinesis/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
            + "Signature=34ef2c0cea7a8cedfd19d5a6292a61fcaa94c25384c369f64f6371758947ff60", signature);
    }

    [Fact]
    public void A_new_day_and_a_new_secret_get_a_key_of_their_own()
    {
        var kept = new SignatureV4("us-east-1", "kinesis");
        foreach (var (secret, time) in new[] { ("a", Time), ("b", Time), ("b", "20260315T000000Z"), ("a", Time) })
        {
            var fresh = new SignatureV4("us-east-1", "kinesis");
            Assert.Equal(Sign(fresh, secret, time), Sign(kept, secret, time));
        }

        static string Sign(SignatureV4 signature, string secret, string time)
            => signature.Authorize(new("A", secret, null), time, [("host", "h"), ("x-amz-date", time)], "{}"u8);
    }
}
