using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Exports.Kafka.Client.Tests;

public sealed partial class EmbeddedKafkaTests
{
    [Fact]
    public void Records_produced_by_one_client_are_read_by_another()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 2));
        Produce(kafka, "orders", 1, "a", "b", "c");

        Assert.Equal(["a", "b", "c"], Read(kafka, "orders", 1, 3));
    }

    [Fact]
    public void Topics_have_the_partitions_they_were_created_with()
    {
        using var kafka = EmbeddedKafka.Start(2, ("orders", 7));
        kafka.CreateTopic("views", 3);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();

        var topics = admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count);

        Assert.Equal(7, topics["orders"]);
        Assert.Equal(3, topics["views"]);
        Assert.Throws<InvalidOperationException>(() => kafka.CreateTopic("views", 3));
    }

    [Fact]
    public void Records_outlive_an_outage()
    {
        using var kafka = EmbeddedKafka.Start(2, ("orders", 1));
        Produce(kafka, "orders", 0, "a");
        kafka.SetDown();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build())
            Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromMilliseconds(200)));
        kafka.SetUp();

        Assert.Equal(["a"], Read(kafka, "orders", 0, 1));
    }

    [Fact]
    public void A_signal_to_its_thread_as_a_process_gets_when_it_was_stopped_and_goes_on_does_not_end_it()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("It finds the thread in /proc.");
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        Produce(kafka, "orders", 0, "a");
        var threads = Directory.GetDirectories("/proc/self/task")
            .Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == "rdk:mock")
            .Select(thread => int.Parse(Path.GetFileName(thread)!, CultureInfo.InvariantCulture)).ToList();
        Assert.NotEmpty(threads);

        const int sigcont = 18;
        Assert.All(threads, thread => Assert.Equal(0, tgkill(Environment.ProcessId, thread, sigcont)));

        Produce(kafka, "orders", 0, "b");
        Assert.Equal(["a", "b"], Read(kafka, "orders", 0, 2));
    }

    [Fact]
    public void Injected_errors_reach_the_client()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        kafka.InjectErrors(0, ErrorCode.MsgSizeTooLarge);

        var e = Assert.Throws<ProduceException<Null, string>>(() => Produce(kafka, "orders", 0, "a"));

        Assert.Equal(ErrorCode.MsgSizeTooLarge, e.Error.Code);
    }

    private static void Produce(EmbeddedKafka kafka, string topic, int partition, params string[] values)
    {
        var config = new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 0 };
        using var producer = new ProducerBuilder<Null, string>(config).Build();
        foreach (var value in values)
        {
            producer.ProduceAsync(new TopicPartition(topic, partition), new Message<Null, string> { Value = value })
                .GetAwaiter().GetResult();
        }
    }

    private static unsafe List<string> Read(EmbeddedKafka kafka, string topic, int partition, int count)
    {
        using var consumer = new NativeConsumer(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["group.id"] = "test",
            ["fetch.wait.max.ms"] = "10",
        });
        consumer.Assign([new PartitionOffset(topic, partition, 0)]);
        var read = new List<string>();
        var messages = stackalloc NativeMessage*[16];
        var deadline = Environment.TickCount64 + 30_000;
        while (read.Count < count && Environment.TickCount64 < deadline)
        {
            var taken = consumer.Consume(messages, 16, 100);
            for (var i = 0; i < taken; i++)
            {
                if (messages[i]->Error == ErrorCode.NoError)
                {
                    Assert.Equal(topic, NativeConsumer.TopicName(messages[i]->Topic));
                    read.Add(Encoding.UTF8.GetString(messages[i]->Value, messages[i]->ValueLength));
                }

                NativeConsumer.Destroy(messages[i]);
            }
        }

        return read;
    }

    [LibraryImport("libc")]
    private static partial int tgkill(int process, int thread, int signal);
}
