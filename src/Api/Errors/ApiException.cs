namespace Exports.Api.Errors;

/// <summary>Ends a request with an error that is the client's to see.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string message)
        : this(ErrorResponses.Error(status, message))
    {
    }

    public ApiException(ErrorResult result)
        : base(result.Body.Message) => Result = result;

    public ErrorResult Result { get; }

    public static ApiException BadRequest(string message) => new(ErrorResponses.BadRequest(message));
}
