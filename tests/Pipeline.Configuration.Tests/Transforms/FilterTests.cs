using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class FilterTests
{
    [Fact]
    public void Whatever_comes_is_dropped()
    {
        foreach (var value in (string[])["null", "1", """{"a":1}"""])
        {
            var record = Record(Json(value));
            Assert.False(Create("Filter", "").Apply(ref record));
        }
    }
}
