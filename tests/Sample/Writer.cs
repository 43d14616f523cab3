using System.Data.Common;

namespace Ledger;

sealed class Writer(int writer, ILedger ledger, Journal journal)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public async Task RunAsync(CancellationToken stop)
    {
        for (long number = 1; !stop.IsCancellationRequested; number++)
        {
            try
            {
                await ledger.AppendAsync(writer, number, stop);
                journal.Acknowledged(writer, number);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (DbException error)
            {
                journal.Failed(error.Message);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}
