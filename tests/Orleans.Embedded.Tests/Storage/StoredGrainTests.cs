using Exports.Grains.Storage.Sqlite;

namespace Exports.Engine.Tests.Storage;

public sealed class StoredGrainTests : EngineTest, IDisposable
{
    private readonly DataDirectory _directory = new();

    [Fact]
    public async Task A_grains_state_survives_a_restart()
    {
        await using (var silo = await StartAsync(builder => builder.UseSqliteStorage(_directory.Path)))
        {
            await silo.Grains.GetGrain<IFileGrain>("a").AddAsync(5);
            await silo.Grains.GetGrain<IFileGrain>("a").AddAsync(6);
        }

        await using (var silo = await StartAsync(builder => builder.UseSqliteStorage(_directory.Path)))
            Assert.Equal(12, await silo.Grains.GetGrain<IFileGrain>("a").AddAsync(1));
    }

    [Fact]
    public async Task State_that_is_written_while_a_grain_is_deactivated_by_a_stopping_silo_is_kept()
    {
        await using (var silo = await StartAsync(builder => builder.UseSqliteStorage(_directory.Path)))
            await silo.Grains.GetGrain<IFileGrain>("a").AddAtEndAsync(100);

        await using (var silo = await StartAsync(builder => builder.UseSqliteStorage(_directory.Path)))
            Assert.Equal(101, await silo.Grains.GetGrain<IFileGrain>("a").AddAsync(1));
    }

    [Fact]
    public async Task A_second_worker_does_not_start_and_the_first_goes_on()
    {
        await using var silo = await StartAsync(builder => builder.UseSqliteStorage(_directory.Path));
        await silo.Grains.GetGrain<IFileGrain>("a").AddAsync(5);
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(
            () => StartAsync(builder => builder.UseSqliteStorage(_directory.Path)));
        Assert.Contains(_directory.File, exception.Message);
        Assert.Equal(6, await silo.Grains.GetGrain<IFileGrain>("a").AddAsync(1));
    }

    [Fact]
    public async Task A_worker_with_a_damaged_file_does_not_start()
    {
        await File.WriteAllTextAsync(_directory.File, "garbage");
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(
            () => StartAsync(builder => builder.UseSqliteStorage(_directory.Path)));
        Assert.Contains(_directory.File, exception.Message);
        Assert.Equal("garbage", await File.ReadAllTextAsync(_directory.File));
    }

    public void Dispose() => _directory.Dispose();
}

internal interface IFileGrain : IGrainWithStringKey
{
    Task<int> AddAsync(int number);

    Task AddAtEndAsync(int number);
}

internal sealed class FileGrain([PersistentState("sum")] IPersistentState<SumState> state) : Grain, IFileGrain
{
    private int _atEnd;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_atEnd > 0)
            await AddAsync(_atEnd);
    }

    public async Task<int> AddAsync(int number)
    {
        state.State.Sum += number;
        await state.WriteStateAsync();
        return state.State.Sum;
    }

    public Task AddAtEndAsync(int number)
    {
        _atEnd = number;
        return Task.CompletedTask;
    }
}

internal sealed class SumState
{
    public int Sum { get; set; }
}
