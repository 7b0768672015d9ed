using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A grain method that gives a <see cref="Task"/> or <see cref="ValueTask"/>.</summary>
internal sealed class GrainMethodWithoutResult(MethodInfo method) : GrainMethod(method)
{
    private readonly bool _isValueTask = method.ReturnType == typeof(ValueTask);

    public override object Call(GrainReference reference, object?[] arguments)
    {
        var call = new GrainCall<object?>(this, InvokeAsync, reference, CopyArguments(reference, arguments, out var token), token);
        Task task = call.Send();
        return _isValueTask ? new ValueTask(task) : task;
    }

    private async Task<object?> InvokeAsync(Activation activation, object?[] arguments)
    {
        var task = InvokeTarget(activation.GrainInstance!, arguments);
        if (_isValueTask)
            await (ValueTask)task;
        else
            await (Task)task;

        return null;
    }
}
