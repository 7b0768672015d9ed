using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class PutRecordsAnswerTests
{
    [Theory]
    [InlineData("""{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1","ShardId":"s"},{"SequenceNumber":"2","ShardId":"s"}]}""")]
    [InlineData("""{"Records":[{"SequenceNumber":"1"},{"SequenceNumber":"2"}],"EncryptionType":"NONE","FailedRecordCount":0}""")]
    public void All_were_accepted(string answer) => Check(answer, sent: 2);

    [Fact]
    public void Success_allocates_nothing()
    {
        var answer = Encoding.UTF8.GetBytes(
            "{\"Records\":["
            + string.Join(',', Enumerable.Repeat("""{"SequenceNumber":"4961","ShardId":"shardId-000000000000"}""", 500))
            + "],\"FailedRecordCount\":0}");
        PutRecordsAnswer.Check(answer, 500);

        var before = GC.GetAllocatedBytesForCurrentThread();
        PutRecordsAnswer.Check(answer, 500);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Single_records_that_were_refused_are_named_with_their_reason()
    {
        var failure = Assert.Throws<RecordsFailedException>(() => Check(
            """
            {"FailedRecordCount":3,"Records":[
              {"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"Rate exceeded for shard shardId-000000000001"},
              {"SequenceNumber":"1","ShardId":"shardId-000000000000","ErrorCode":null},
              {"ErrorCode":"InternalFailure","ErrorMessage":"Internal service failure."},
              {"ErrorCode":"SomethingNew"}]}
            """, sent: 4));

        Assert.Equal([0, 2, 3], failure.Failures.Select(one => one.Index));
        Assert.All(failure.Failures, one => Assert.True(one.CanRetry));
        Assert.IsType<ThrottledException>(failure.Failures[0].Error);
        Assert.Contains("shardId-000000000001", failure.Failures[0].Error.Message, StringComparison.Ordinal);
        Assert.IsType<RetriableException>(failure.Failures[1].Error);
        Assert.IsType<RetriableException>(failure.Failures[2].Error);
        Assert.Equal("SomethingNew", failure.Failures[2].Error.Message);
    }

    [Fact]
    public void Refusals_are_found_before_and_without_their_count()
    {
        const string Records = """{"Records":[{"SequenceNumber":"1"},{"ErrorCode":"InternalFailure"}]""";
        foreach (var answer in (string[])[Records + "}", Records + ",\"FailedRecordCount\":1}", Records + ",\"FailedRecordCount\":null}"])
            Assert.Equal(1, Assert.Single(Assert.Throws<RecordsFailedException>(() => Check(answer, sent: 2)).Failures).Index);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"FailedRecordCount":1,"Records":[{"SequenceNumber":"1"},{"SequenceNumber":"1"}]}""")]
    [InlineData("""{"FailedRecordCount":1,"Records":[{"ErrorCode":"InternalFailure"}]}""")]
    [InlineData("""{"FailedRecordCount":1,"Records":[{"ErrorCode":"InternalFailure"},{"Sequ""")]
    [InlineData("""{"FailedRecordCount":1,"Records":[{"ErrorCode":17},{"SequenceNumber":"1"}]}""")]
    public void An_answer_that_does_not_say_what_became_of_each_record_asks_for_a_retry(string answer)
        => Assert.IsType<RetriableException>(Record.Exception(() => Check(answer, sent: 2)));

    private static void Check(string answer, int sent) => PutRecordsAnswer.Check(Encoding.UTF8.GetBytes(answer), sent);
}
