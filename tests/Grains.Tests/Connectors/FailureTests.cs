using Exports.Connectors.Sdk;

namespace Exports.Grains.Tests;

public sealed class FailureTests : GrainsTest
{
    [Fact]
    public async Task A_task_that_fails_restarts_itself_and_its_sibling_does_not_notice()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders", 2);
        await IsDeliveredAsync("c");
        World.Partition("c", "orders", 1).Owner!.Deliver(0);

        World.Pipeline("c", 1)!.Fail(new ConnectException("The destination is on fire."));

        await Eventually.HoldsAsync(() => World.Starts.Count(start => start == "c-1") == 2);
        await RunsAsync("c", 2);
        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");
        Assert.Equal(1, World.Starts.Count(start => start == "c-0"));
        Assert.Equal(1, (await TaskOf("c", 1).GetStatusAsync()).Restarts);
        Assert.Equal(40, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
    }

    [Fact]
    public async Task A_task_that_must_not_restart_itself_stays_failed_until_somebody_restarts_it()
    {
        World.SetTopic("orders", 2);
        var connector = await CreateAsync("c", "orders", 2, ("task.restart.enabled", "false"));
        World.Pipeline("c", 1)!.Fail(new ConnectException("The destination is on fire."));
        await IsAsync("c", RunState.Running, RunState.Running, RunState.Failed);
        var failed = (await connector.GetStatusAsync())!.Tasks[1];
        Assert.Contains("Exports.Connectors.Sdk.ConnectException: The destination is on fire.", failed.Trace);
        Assert.Null(failed.NextRestart);
        World.Produce("c", "orders", 10);

        await connector.SetTargetStateAsync(TargetState.Paused);
        await IsAsync("c", RunState.Paused, RunState.Paused, RunState.Failed);
        await connector.SetTargetStateAsync(TargetState.Running);
        await IsAsync("c", RunState.Running, RunState.Running, RunState.Failed);

        Assert.Equal(RestartTaskResult.UnknownTask, await connector.RestartTaskAsync(2));
        Assert.Equal(RestartTaskResult.Restarting, await connector.RestartTaskAsync(1));
        await RunsAsync("c", 2);
        await IsDeliveredAsync("c");
    }

    [Fact]
    public async Task A_restart_of_what_has_failed_leaves_alone_what_has_not()
    {
        World.SetTopic("orders", 3);
        var connector = await CreateAsync("c", "orders", 3, ("task.restart.enabled", "false"));

        var nothing = (await connector.RestartAsync(includeTasks: true, onlyFailed: true))!;
        Assert.Equal(RunState.Running, nothing.State);
        Assert.All(nothing.Tasks, task => Assert.Equal(RunState.Running, task.State));

        World.Pipeline("c", 1)!.Fail(new ConnectException("The destination is on fire."));
        await IsAsync("c", RunState.Running, RunState.Running, RunState.Failed, RunState.Running);
        var connectorOnly = (await connector.RestartAsync(includeTasks: false, onlyFailed: true))!;
        Assert.Equal([RunState.Running, RunState.Failed, RunState.Running], connectorOnly.Tasks.Select(task => task.State));

        var failed = (await connector.RestartAsync(includeTasks: true, onlyFailed: true))!;
        Assert.Equal(RunState.Running, failed.State);
        Assert.Equal([RunState.Running, RunState.Restarting, RunState.Running], failed.Tasks.Select(task => task.State));
        await RunsAsync("c", 3);
        Assert.Equal(4, World.Starts.Count);

        var all = (await connector.RestartAsync(includeTasks: true, onlyFailed: false))!;
        Assert.Equal(RunState.Restarting, all.State);
        Assert.All(all.Tasks, task => Assert.Equal(RunState.Restarting, task.State));
        await Eventually.HoldsAsync(() => World.Starts.Count == 7);
        await RunsAsync("c", 3);
    }

    [Fact]
    public async Task A_task_that_does_not_start_is_failed_with_the_reason_and_tries_again()
    {
        World.SetTopic("orders", 1);
        var attempts = 0;
        World.OnStart = (_, _) => ++attempts < 3 ? throw new ConfigException("file", "/nowhere", "Must be a directory") : Task.CompletedTask;

        await CreateAsync("c", "orders");

        Assert.Equal(3, attempts);
        Assert.Equal(2, (await TaskOf("c", 0).GetStatusAsync()).Restarts);
    }

    [Fact]
    public async Task A_new_configuration_mends_a_failed_task_at_once()
    {
        World.SetTopic("orders", 1);
        World.OnStart = (spec, _) => spec.Config.ContainsKey("mended") ? Task.CompletedTask : throw new ConnectException("Broken.");
        await Connector("c").CreateAsync(Config("orders", 1, ("task.restart.max.attempts", "0")), TargetState.Running);
        await IsAsync("c", RunState.Running, RunState.Failed);

        await Connector("c").PutConfigAsync(Config("orders", 1, ("mended", "true")));

        await RunsAsync("c", 1);
    }

    [Fact]
    public async Task Calls_do_not_wait_for_a_start_that_hangs()
    {
        World.SetTopic("orders", 2);
        World.OnStart = (spec, _) => spec.Config.ContainsKey("hangs") ? Task.Delay(Timeout.Infinite) : Task.CompletedTask;
        await Connector("c").CreateAsync(Config("orders", 2, ("hangs", "true")), TargetState.Running);
        await IsAsync("c", RunState.Running, RunState.Unassigned, RunState.Unassigned);

        await Connector("c").SetTargetStateAsync(TargetState.Stopped);
        await Connector("c").SetTargetStateAsync(TargetState.Running);
        await IsAsync("c", RunState.Running, RunState.Unassigned, RunState.Unassigned);
        await Connector("c").PutConfigAsync(Config("orders", 2));
        await RunsAsync("c", 2);
        await Connector("c").PutConfigAsync(Config("orders", 1, ("hangs", "true")));
        await IsAsync("c", RunState.Running, RunState.Unassigned);
        Assert.True(await Connector("c").DeleteAsync());
    }

    [Fact]
    public async Task A_destination_that_hangs_cannot_hold_partitions_longer_than_the_grace_time()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", 1);
        await IsDeliveredAsync("c");
        World.DoesDestinationHang = true;
        World.Produce("c", "orders", 10);

        await connector.PutConfigAsync(Config("orders", 2));
        await Eventually.HoldsAsync(() => World.Pipelines.Count == 2);
        await connector.SetTargetStateAsync(TargetState.Paused);
        await IsAsync("c", RunState.Paused, RunState.Paused, RunState.Paused);
        await connector.SetTargetStateAsync(TargetState.Stopped);
        Assert.Equal([new("orders", 0, 10), new("orders", 1, 10)], (await connector.GetOffsetsAsync())!.Offsets);

        World.DoesDestinationHang = false;
        await connector.SetTargetStateAsync(TargetState.Running);
        await RunsAsync("c", 2);
        await IsDeliveredAsync("c");
        Assert.Equal(40, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
    }

    [Fact]
    public async Task A_pipeline_that_does_not_give_up_its_partitions_is_cut_off()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", 1);
        await IsDeliveredAsync("c");
        World.DoesDestinationHang = true;
        World.Grace = TimeSpan.FromHours(1);

        await connector.PutConfigAsync(Config("orders", 2));

        await Eventually.HoldsAsync(() => World.Pipelines.Count == 2 && World.Pipelines.All(pipeline => pipeline.Partitions.Count == 1));
    }

    [Fact]
    public async Task While_nothing_can_be_flushed_or_stored_delivery_goes_on_and_the_status_says_so()
    {
        World.SetTopic("orders", 1);
        await CreateAsync("c", "orders");
        World.DoFlushesFail = true;
        World.Produce("c", "orders", 10);
        await Eventually.HoldsAsync(async () => (await TaskOf("c", 0).GetStatusAsync()).Trace is "Offsets are not being persisted: The sink cannot flush.");

        World.DoFlushesFail = false;
        World.Storage.Faults = (_, key) => key.Contains("task/") ? WriteFault.Before : WriteFault.None;
        World.Produce("c", "orders", 10);
        await Eventually.HoldsAsync(async () => (await TaskOf("c", 0).GetStatusAsync()).Trace is { } trace
            && trace.StartsWith("Offsets are not being persisted: ", StringComparison.Ordinal)
            && trace.Contains("The storage does not answer.", StringComparison.Ordinal));
        Assert.Equal(20, World.Partition("c", "orders", 0).Delivered);
        Assert.Equal(RunState.Running, (await TaskOf("c", 0).GetStatusAsync()).State);

        World.Storage.Faults = (_, _) => WriteFault.None;
        await IsDeliveredAsync("c");
        await Eventually.HoldsAsync(async () => (await TaskOf("c", 0).GetStatusAsync()).Trace is null);
        Assert.Single(World.Starts);
        Assert.Equal(20, World.Partition("c", "orders", 0).Deliveries);
    }

    [Fact]
    public async Task A_task_whose_state_somebody_else_has_written_stops_without_a_commit_and_is_brought_back()
    {
        World.SetTopic("orders", 1);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders");
        await IsDeliveredAsync("c");

        World.Storage.Touch("exports.task/c/0");
        World.Produce("c", "orders", 10);

        await Eventually.HoldsAsync(() => World.Starts.Count == 2);
        await IsDeliveredAsync("c");
        Assert.Equal(30, World.Partition("c", "orders", 0).Deliveries);
        Assert.DoesNotContain("-c-0 orders-0@20", World.Moves);
    }

    [Fact]
    public async Task A_task_that_ends_in_the_middle_of_an_assignment_begins_again_once_its_pipeline_has_ended()
    {
        World.SetTopic("orders", 1);
        await CreateAsync("c", "orders");
        World.OnEvent = (_, what) =>
        {
            if (what == "c-0 dispose")
                Thread.Sleep(300);
        };
        World.Storage.Touch("exports.task/c/0");

        await Connector("c").PutConfigAsync(Config("orders", 1, ("mark", "x")));

        // That nobody else reads a partition is the world's business.
        await Eventually.HoldsAsync(() => World.Pipelines.Any(pipeline => pipeline.Spec.Config.ContainsKey("mark")));
        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");
    }

    [Fact]
    public async Task A_worker_that_is_about_to_stop_starts_no_pipeline()
    {
        World.SetTopic("orders", 1);
        AnnounceStop();
        Assert.NotNull((await Connector("c").CreateAsync(Config("orders"), TargetState.Running)).Info);
        await Eventually.HoldsAsync(async () => (await TaskOf("c", 0).GetStatusAsync()).Epoch > 0);

        await StopWorkerAsync();
        await StartWorkerAsync();
        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");
        Assert.Single(World.Starts);
    }

    [Fact]
    public async Task A_connector_whose_state_somebody_else_has_written_ends_and_the_next_activation_goes_by_what_is_stored()
    {
        World.SetTopic("orders", 2);
        var connector = await CreateAsync("c", "orders", 2);
        World.Storage.Touch("exports.connector/c");

        await Assert.ThrowsAnyAsync<Exception>(() => connector.PutConfigAsync(Config("orders", 1)));

        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await connector.PutConfigAsync(Config("orders", 1));
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        });
        await RunsAsync("c", 1);
    }

    [Fact]
    public async Task While_Kafka_does_not_answer_a_running_connector_says_so()
    {
        World.SetTopic("orders", 1);
        await CreateAsync("c", "orders");
        Assert.Null((await Connector("c").GetStatusAsync())!.Trace);

        World.IsKafkaDown = true;
        var status = (await Connector("c").GetStatusAsync())!;

        Assert.Equal((RunState.Running, "Kafka did not answer in time."), (status.State, status.Trace));
        World.IsKafkaDown = false;
        await Eventually.HoldsAsync(async () => (await Connector("c").GetStatusAsync())!.Trace is null);
    }

    [Fact]
    public async Task A_group_that_cannot_be_written_keeps_nothing_from_being_delivered_and_is_caught_up_with()
    {
        World.SetTopic("orders", 1);
        await CreateAsync("c", "orders");
        World.IsKafkaDown = true;
        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");
        Assert.NotEqual(10, World.GroupOffset("connect-c", "orders", 0));

        World.IsKafkaDown = false;

        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 0) == 10);
    }

    [Fact]
    public async Task A_group_that_is_ahead_of_an_old_state_is_left_where_it_is_until_delivery_has_passed_it()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders");
        await IsDeliveredAsync("c");
        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 0) == 10);
        // As after a restore: what is stored is older than what was copied to the group.
        World.SetGroupOffset("connect-c", "orders", 0, 25);
        await StopWorkerAsync();
        await StartWorkerAsync();
        await RunsAsync("c", 1);

        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");
        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 1) == 20);
        Assert.Equal(25, World.GroupOffset("connect-c", "orders", 0));

        World.Produce("c", "orders", 10);
        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 0) == 30);
    }

    [Fact]
    public async Task A_group_that_an_operator_moves_back_goes_on_from_there()
    {
        World.SetTopic("orders", 1);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders");
        await IsDeliveredAsync("c");
        await connector.SetTargetStateAsync(TargetState.Stopped);
        await IsAsync("c", RunState.Stopped);

        World.AllowsRewinds = true;
        Assert.Equal(AlterOffsetsOutcome.Altered, (await connector.AlterOffsetsAsync([new("orders", 0, 4)])).Outcome);
        World.DeliversByItself = false;
        await connector.SetTargetStateAsync(TargetState.Running);
        await RunsAsync("c", 1);
        World.Pipeline("c", 0)!.Deliver(1);
        World.Pipeline("c", 0)!.Acknowledge();

        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 0) == 5);
    }
}
