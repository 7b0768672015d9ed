namespace Exports.Engine.Tests.Embedded;

/// <summary>Under Orleans these interfaces do not compile.</summary>
public sealed class InterfaceTests
{
    [Theory]
    [InlineData(typeof(IVoidGrain), "allowed: Task, Task<T>, ValueTask, ValueTask<T>")]
    [InlineData(typeof(IPropertyGrain), "no properties")]
    [InlineData(typeof(IGenericGrain), "not generic")]
    [InlineData(typeof(IRefGrain), "without ref")]
    [InlineData(typeof(ITwoTokensGrain), "one CancellationToken at most")]
    public void A_method_that_cannot_be_called_is_refused(Type grainInterface, string why)
    {
        var exception = Assert.Throws<OrleansConfigurationException>(() => GrainMethod.CheckInterface(grainInterface));
        Assert.Contains(grainInterface.Name, exception.Message);
        Assert.Contains(why, exception.Message);
    }

    private interface IVoidGrain : IGrainWithStringKey
    {
        void Tell();
    }

    private interface IPropertyGrain : IGrainWithStringKey
    {
        Task<int> Number { get; }
    }

    private interface IGenericGrain : IGrainWithStringKey
    {
        Task TellAsync<T>(T value);
    }

    private interface IRefGrain : IGrainWithStringKey
    {
        Task TellAsync(in int value);
    }

    private interface ITwoTokensGrain : IGrainWithStringKey
    {
        Task WaitAsync(CancellationToken first, CancellationToken second);
    }
}
