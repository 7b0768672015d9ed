using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A grain method that gives a <see cref="Task{TResult}"/> or <see cref="ValueTask{TResult}"/>.</summary>
internal sealed class GrainMethodWithResult<T>(MethodInfo method) : GrainMethod(method)
{
    private readonly bool _isValueTask = method.ReturnType == typeof(ValueTask<T>);

    public override object Call(GrainReference reference, object?[] arguments)
    {
        var call = new GrainCall<T>(this, InvokeAsync, reference, CopyArguments(reference, arguments, out var token), token);
        var task = call.Send();
        return _isValueTask ? new ValueTask<T>(task) : task;
    }

    private async Task<T> InvokeAsync(Activation activation, object?[] arguments)
    {
        var task = InvokeTarget(activation.GrainInstance!, arguments);
        var result = _isValueTask ? await (ValueTask<T>)task : await (Task<T>)task;
        return SharesResult ? result : (T)activation.Silo.Copier.NewContext().Copy(result)!;
    }
}
