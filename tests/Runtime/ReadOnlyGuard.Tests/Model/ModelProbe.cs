using ReadOnlyGuard.Internal.Servers;

namespace ReadOnlyGuard.Tests.Model;

/// <summary>Answers a search when the schedule says so.</summary>
sealed class ModelProbe(Func<ServerAnswer> ask) : IProbe
{
    (IInquiry Inquiry, ServerAnswer Answer)? _underWay;
    IInquiry? _wanted;

    public void LookFor(IInquiry inquiry)
    {
        Assert.True(_wanted is null or { HasEnded: true }, "Two searches at a time.");
        _wanted = inquiry;
    }

    /// <summary>Asks, or reports what was asked for before: the world may have changed in between.</summary>
    public void Step()
    {
        if (_underWay is { } attempt)
        {
            _underWay = null;
            attempt.Inquiry.Report(attempt.Answer);
        }
        else if (_wanted is { HasEnded: false })
            _underWay = (_wanted, ask());
    }

    public void Dispose()
    {
    }
}
